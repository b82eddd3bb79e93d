/** The fields of a line that is JSON. Pure. */
import { plainText } from '#lib/domain/log-text.ts';
import type { LogEntry, LogField } from './log-entry.ts';

/** More fields than anybody reads are not shown. */
const MOST = 200;

/** Whether a line looks like an object of JSON, without reading it. */
export function looksLikeJson(plain: string): boolean {
  return plain.startsWith('{') && plain.endsWith('}') && plain.includes(':');
}

/** null: it is none, or has no fields. */
export function fieldsOf(entry: LogEntry): readonly LogField[] | null {
  const object = objectIn(entry);
  if (object === null) return null;
  const fields = Object.entries(object)
    .slice(0, MOST)
    .map(([name, value], field) => ({ seq: entry.seq, field, name, ...said(value) }));
  return fields.length === 0 ? null : fields;
}

/** What a field of a line says; null when it has none of that name. */
export function fieldValue(entry: LogEntry, name: string): string | null {
  const object = objectIn(entry);
  if (object === null || !Object.hasOwn(object, name)) return null;
  return said(Reflect.get(object, name)).value;
}

function objectIn(entry: LogEntry): object | null {
  if ('note' in entry) return null;
  const plain = plainText(entry.text).trim();
  if (!looksLikeJson(plain)) return null;
  try {
    const value: unknown = JSON.parse(plain);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function said(value: unknown): Pick<LogField, 'value' | 'kind'> {
  if (typeof value === 'string') return { value, kind: 'text' };
  return { value: JSON.stringify(value), kind: typeof value === 'number' ? 'number' : 'other' };
}
