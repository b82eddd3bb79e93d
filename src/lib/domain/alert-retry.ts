/** When a delivery that failed is tried again. Seconds after each try; the last one goes on until it is given up. */
const PAUSES_SECONDS = [10, 60, 300, 1800, 7200] as const;
export const MOST_TRIES = 8;
/** What the other side asks for is kept, within these bounds. */
const LONGEST_WAIT_SECONDS = 6 * 3600;

/** Milliseconds; null: it is given up. `tries` are those that failed so far, `retryAfterSeconds` is what the other side asked for. */
export function nextTryAt(
  tries: number,
  nowMs: number,
  retryAfterSeconds: number | null = null,
): number | null {
  if (tries >= MOST_TRIES) return null;
  const planned = PAUSES_SECONDS[Math.max(0, tries - 1)] ?? 7200;
  const asked = Math.min(retryAfterSeconds ?? 0, LONGEST_WAIT_SECONDS);
  return nowMs + Math.max(planned, asked) * 1000;
}

/** `120` or a date of HTTP. Seconds, null for what is neither. */
export function retryAfterOf(header: string | undefined, nowMs: number): number | null {
  if (header === undefined || header.trim() === '') return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim());
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMs) / 1000));
}
