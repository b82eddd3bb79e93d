/** Takes the values of secrets out of what is shown. Pure. */

/** Shorter ones stand in any text by chance, and hiding them would hide too much. */
const MIN_LENGTH = 4;
export const MASK = '••••••';

/** The same value, its texts (keys too) with each secret replaced; a new one only where something was found. */
export function maskSecrets<Value>(value: Value, secrets: readonly string[]): Value {
  const long = secrets.filter((each) => each.length >= MIN_LENGTH).sort((a, b) => b.length - a.length);
  if (long.length === 0) return value;
  return masked(value, long) as Value;
}

function masked(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return secrets.reduce((text, each) => text.replaceAll(each, MASK), value);
  if (Array.isArray(value)) return value.map((each: unknown) => masked(each, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [masked(key, secrets), masked(each, secrets)]),
  );
}
