/** What an edit asks of `recreate`: only what is other than before; null where something was emptied, so that the type decides again. */
import { filled, type FieldName, type Fields, type FilledFields } from './fields.ts';
import { isGroup, spawnBody, type SpawnBody } from './spawn-form.ts';

/** Fixed for an agent that is there. */
export const LOCKED = ['name', 'type', 'host', 'tags'] as const satisfies readonly FieldName[];

/** Groups that are one thing: a part of them means nothing by itself. */
const WHOLE = new Set(['readiness', 'build']);

export function changedFields(before: Fields, after: Fields): SpawnBody {
  return difference(spawnBody(unlocked(before)), spawnBody(unlocked(after)), (key) => !WHOLE.has(key));
}

function unlocked(fields: Fields): FilledFields {
  return { ...filled(fields), ...Object.fromEntries(LOCKED.map((name) => [name, ''])) };
}

/** `isMerged` says which values are merged by key, so that only the keys that differ are sent. */
function difference(was: SpawnBody, is: SpawnBody, isMerged: (key: string) => boolean): SpawnBody {
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return Object.fromEntries(
    keys.flatMap((key) => {
      const [old, value] = [was[key], is[key]];
      if (JSON.stringify(old) === JSON.stringify(value)) return [];
      if (value === undefined) return [[key, null]];
      if (!isGroup(old) || !isGroup(value) || !isMerged(key)) return [[key, value]];
      return [[key, difference(old, value, () => false)]];
    }),
  );
}
