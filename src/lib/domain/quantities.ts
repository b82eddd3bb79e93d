/** Amounts as people write them, in Docker's grammar. All functions are pure and return null for what they cannot read. */

const UNITS: Record<string, number> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  p: 1024 ** 5,
};

/** The smallest memory limit that the engine takes (it answers 400 below 6 MB). Bytes. */
export const MIN_MEMORY_BYTES = 6 * 1024 ** 2;

/**
 * Reads `512m`, `1.5g`, `2Gi`, `1GiB`, `1 gb` or plain bytes. Case does not matter, units are powers of 1024 as in Docker's go-units.
 * Returns bytes (rounded down) or null.
 */
export function parseBytes(text: string): number | null {
  const match =
    /^(\d+(?:\.\d+)?)\s?([kmgtp]?)(?:i?b?)$/i.exec(text.trim()) ??
    /^(\d+(?:\.\d+)?)\s?(b)$/i.exec(text.trim());
  if (match === null) return null;
  const [, amount = '', unit = ''] = match;
  if (unit === '' && /i/i.test(text)) return null;
  const bytes = Math.floor(Number(amount) * (UNITS[unit.toLowerCase()] ?? Number.NaN));
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Reads `0.5`, `2` or `500m` (thousandths) as a number of cores, or null. */
export function parseCores(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(m?)$/.exec(text.trim());
  if (match === null) return null;
  const [, amount = '', milli = ''] = match;
  const cores = milli === 'm' ? Number(amount) / 1000 : Number(amount);
  return Number.isFinite(cores) ? cores : null;
}

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Reads `90` (seconds), `15m`, `2h`, `1.5h`, `1d`, `2w` or several of them (`1h30m`) as seconds, or null. */
export function parseSeconds(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return Number(trimmed);
  if (!/^(?:\d+(?:\.\d+)?\s*[smhdw]\s*)+$/.test(trimmed)) return null;
  let sum = 0;
  for (const [, amount = '', unit = ''] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([smhdw])/g))
    sum += Number(amount) * (SECONDS[unit] ?? Number.NaN);
  return Number.isFinite(sum) ? sum : null;
}

/** Seconds in the form that parseSeconds reads, as short as it stays exact: `45s`, `15m`, `90m`, `2h`, `3d`. */
export function formatSeconds(seconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    const size = SECONDS[unit] ?? 1;
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}

/** Bytes as a short text with a binary unit: `512 MiB`, `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 'B';
  for (const next of units) {
    // what would be shown as 1024 of one unit is 1 of the next
    if (Math.round(value) < 1024) break;
    value /= 1024;
    unit = next;
  }
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return `${trimZeros(value.toFixed(digits))} ${unit}`;
}

/** Bytes in the form that `docker run --memory` reads, as short as it stays exact: `512m`, `1g`, `1536m`. */
export function dockerBytes(bytes: number): string {
  for (const [unit, size] of [
    ['g', 1024 ** 3],
    ['m', 1024 ** 2],
    ['k', 1024],
  ] as const) {
    if (bytes > 0 && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
