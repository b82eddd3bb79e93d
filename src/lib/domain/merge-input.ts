/** Changes laid over the input that made an agent, both as plain JSON; null takes away what was said, so that the type decides again. */
import type { PlainInput } from './spec-input.ts';

/** Fields that are merged by key: maps, and groups of fields. Of the others the later one counts. */
const BY_KEY = new Set(['resources', 'env', 'tmpfs', 'tags', 'security', 'logging', 'idle', 'snapshots']);

/** What is wrong in the result is refused by its schema afterwards, also a form of a field that has no keys. */
export function mergeInput(kept: PlainInput, changes: PlainInput): PlainInput {
  const merged = new Map(Object.entries(kept));
  for (const [key, value] of Object.entries(changes)) {
    const before = merged.get(key);
    if (value === null) merged.delete(key);
    else if (BY_KEY.has(key) && isMap(value)) merged.set(key, mergeKeys(isMap(before) ? before : {}, value));
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function mergeKeys(kept: PlainInput, changes: PlainInput): PlainInput {
  const left = Object.entries({ ...kept, ...changes }).filter(([key]) => changes[key] !== null);
  return Object.fromEntries(left);
}

function isMap(value: unknown): value is PlainInput {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
