/** Numbers as the docker CLI reads them: bytes (go-units), cores (a rational number), whole numbers (Go literals), durations. */
import { accept, refuse, type Read, type Reader } from './read.ts';
import { MIN_MEMORY_BYTES } from '../quantities.ts';

const SIZE = /^\+?((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?) ?(?:([kmgtp])?(?:(?<=[kmgtp])i?b)?|b)$/i;
const SIZE_RULE = 'must be a size such as 512m, 1.5g, 64k or bytes as a plain number';
const POWERS: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5 };

/** Bytes: `512m`, `1.5g`, `1 GiB`, `1024`. Units are powers of 1024; what is left below one byte is cut off. */
export const readSize: Reader<number> = (text) => {
  const match = SIZE.exec(text);
  if (match === null) return refuse(SIZE_RULE);
  const bytes = Math.floor(Number(match[1]) * 1024 ** (POWERS[(match[2] ?? '').toLowerCase()] ?? 0));
  return Number.isSafeInteger(bytes) ? accept(bytes) : refuse('is larger than any machine');
};

/** A memory limit in bytes; 0 takes the limit away. */
export const readMemory: Reader<number> = (text) => {
  const size = readSize(text);
  if (!('value' in size) || size.value === 0 || size.value >= MIN_MEMORY_BYTES) return size;
  return refuse('must be at least 6m; 0 takes the limit away');
};

/** Memory plus swap in bytes; -1 is as much swap as there is. */
export const readSwap: Reader<number> = (text) => (text === '-1' ? accept(-1) : readSize(text));

const CORES_RULE = 'must be a number of cores such as 0.5, 2 or 3/2';

/** Nanocores, exact: `0.5`, `3/2`, `1e-1`; 0 takes the limit away. */
export const readCpus: Reader<number> = (text) => {
  const match = /^\+?(?:(\d+)\/(\d+)|(\d*)\.?(\d*)(?:e([+-]?\d{1,2}))?)$/i.exec(text);
  if (match === null || !/\d/.test(text)) return refuse(CORES_RULE);
  const [, above, below, whole = '', fraction = '', exponent = '0'] = match;
  if (whole.length + fraction.length + (above ?? '').length + (below ?? '').length > 40)
    return refuse(CORES_RULE);
  const scale = 9 - fraction.length + Number(exponent);
  const numerator =
    above === undefined
      ? BigInt(`0${whole}${fraction}`) * 10n ** BigInt(Math.max(0, scale))
      : BigInt(above) * 10n ** 9n;
  const denominator = below === undefined ? 10n ** BigInt(Math.max(0, -scale)) : BigInt(below);
  if (denominator === 0n || (above === undefined && whole === '' && fraction === ''))
    return refuse(CORES_RULE);
  if (numerator % denominator !== 0n) return refuse('must not be more precise than a billionth of a core');
  const nanos = Number(numerator / denominator);
  if (!Number.isSafeInteger(nanos)) return refuse('is more cores than any machine has');
  return nanos === 0 || nanos >= 10_000_000
    ? accept(nanos)
    : refuse('must be at least 0.01; 0 takes the limit away');
};

/** A whole number in one of Go's notations (`10`, `0x1f`, `0o17`, `017`, `0b11`, `1_000`), or null. */
function parseGoInteger(text: string): number | null {
  const match = /^([+-]?)(?:(0x|0o|0b|0(?=[\d_]))_?)?([\da-f]+(?:_[\da-f]+)*)$/i.exec(text);
  if (match === null) return null;
  const [, sign = '', prefix = '', digits = ''] = match;
  const base = { '0x': 16, '0o': 8, '0b': 2, '0': 8, '': 10 }[prefix.toLowerCase()] ?? 10;
  const plain = digits.replaceAll('_', '').toLowerCase();
  const alphabet = '0123456789abcdef'.slice(0, base);
  if (Array.from(plain).some((digit) => !alphabet.includes(digit))) return null;
  const number = Number.parseInt(plain, base) * (sign === '-' ? -1 : 1);
  return Number.isSafeInteger(number) ? number : null;
}

/** A whole number within the limits. */
export function readInteger(
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
  rule = limits(min, max),
): Reader<number> {
  return (text) => {
    const number = parseGoInteger(text);
    return number === null || number < min || number > max ? refuse(rule) : accept(number === 0 ? 0 : number);
  };
}

function limits(min: number, max: number): string {
  const low = min > Number.MIN_SAFE_INTEGER ? ` from ${min}` : '';
  return `must be a whole number${low}${max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : ''}`;
}

/** Decimal digits only, as strconv.ParseInt with base 10. */
export function readDecimal(min: number, max: number): Reader<number> {
  return (text) => {
    const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(number) && number >= min && number <= max
      ? accept(number === 0 ? 0 : number)
      : refuse(limits(min, max));
  };
}

const NANOS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
};
const DURATION_RULE = 'must be a duration such as 30s, 1m30s, 500ms or 1.5h';

/** Nanoseconds: `1m30s`, `1.5h`, `500ms`, `0`. Not negative, at most 2500 hours (what is exact in JSON). */
export const readDuration: Reader<number> = (text) => {
  if (/^[+-]?0$/.test(text)) return accept(0);
  const body = text.replace(/^\+/, '');
  if (body.startsWith('-')) return refuse('must not be negative');
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return refuse(DURATION_RULE);
  let nanos = 0;
  for (const [, amount = '', unit = ''] of body.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    nanos += exactNanos(amount, NANOS[unit] ?? 0);
  }
  return nanos <= 2500 * 3.6e12 ? accept(nanos) : refuse('must be at most 2500h');
};

/** The whole part exactly, the fraction as the CLI cuts it: below a nanosecond it is dropped. */
function exactNanos(amount: string, unit: number): number {
  const [whole = '', fraction = ''] = amount.split('.');
  return Number(whole || '0') * unit + Math.floor((Number(fraction || '0') * unit) / 10 ** fraction.length);
}

/** A duration that is 0 (the engine's default) or at least a millisecond, which is the engine's rule for health checks. */
export const readHealthDuration: Reader<number> = (text): Read<number> => {
  const duration = readDuration(text);
  if (!('value' in duration) || duration.value === 0 || duration.value >= 1e6) return duration;
  return refuse('must be at least 1ms');
};

/** Nanoseconds in the largest unit that they fill exactly: `90s`, `1500ms`. */
export function formatDuration(nanos: number): string {
  for (const [unit, size] of [
    ['h', 3.6e12],
    ['m', 6e10],
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
  ] as const) {
    if (nanos > 0 && nanos % size === 0) return `${nanos / size}${unit}`;
  }
  return `${nanos}ns`;
}

/** Nanocores as a decimal number of cores, exact: `0.5`. */
export function formatCpus(nanos: number): string {
  const fraction = String(nanos % 1e9)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${Math.floor(nanos / 1e9)}${fraction === '' ? '' : `.${fraction}`}`;
}
