/** What is drawn of each row on screen: the line itself, and how it stands among the others. Pure. */
import type { LogLevel } from '#lib/domain/log-level.ts';
import {
  isEntry,
  keyOf,
  rowOf,
  type LogField,
  type LogHead,
  type LogItem,
  type LogRow,
  type LogSource,
  type LogNote,
} from './log-entry.ts';
import { followersOf, groupingAt } from './log-groups.ts';
import { looksLikeJson } from './log-json.ts';

export type ShownRow =
  | {
      readonly kind: 'line';
      readonly key: number | string;
      readonly row: LogRow;
      readonly item: LogItem;
      readonly level: LogLevel;
      readonly continued: boolean;
      readonly followers: number;
      readonly isJson: boolean;
    }
  | {
      readonly kind: 'note';
      readonly key: number | string;
      readonly row: LogRow;
      readonly item: LogItem;
      readonly skipped: LogNote | null;
    }
  | { readonly kind: 'field'; readonly key: number | string; readonly field: LogField }
  | { readonly kind: 'top'; readonly key: number | string; readonly top: LogHead };

/** Fewer lines than these are not worth folding. */
const WORTH_FOLDING = 3;

/** The rows from `first` to `last`. Those of `before` that are still the same are given again, so that they are not drawn again. */
export function shapeRows(
  source: LogSource & { hiddenAfter?(seq: number): number },
  first: number,
  last: number,
  before: readonly ShownRow[],
): readonly ShownRow[] {
  const known = new Map(before.map((row) => [row.key, row]));
  const grouping = groupingAt(source, first);
  const rows: ShownRow[] = [];
  for (let i = first; i <= last; i++) {
    const item = source.at(i);
    if (item === undefined) continue;
    const { level, continued } = grouping.next(item);
    const made = shape(source, i, item, level, continued);
    const old = known.get(made.key);
    rows.push(old !== undefined && isSame(old, made) ? old : made);
  }
  return rows;
}

function shape(
  source: LogSource & { hiddenAfter?(seq: number): number },
  index: number,
  item: LogItem,
  level: LogLevel,
  continued: boolean,
): ShownRow {
  const key = keyOf(item);
  if ('top' in item) return { kind: 'top', key, top: item.top };
  if ('field' in item) return { kind: 'field', key, field: item };
  const row = rowOf(item);
  if (row.note !== null)
    return {
      kind: 'note',
      key,
      row,
      item,
      skipped: 'note' in item && item.skipped !== undefined ? item : null,
    };
  const followers = continued ? 0 : (source.hiddenAfter?.(item.seq) ?? 0) || followersOf(source, index);
  return {
    kind: 'line',
    key,
    row,
    item,
    level,
    continued,
    followers: followers >= WORTH_FOLDING ? followers : 0,
    isJson: looksLikeJson(row.plain.trim()),
  };
}

function isSame(a: ShownRow, b: ShownRow): boolean {
  if (a.kind === 'line' && b.kind === 'line')
    return (
      a.item === b.item && a.level === b.level && a.continued === b.continued && a.followers === b.followers
    );
  if (a.kind === 'note' && b.kind === 'note') return a.item === b.item;
  if (a.kind === 'field' && b.kind === 'field')
    return a.field.name === b.field.name && a.field.value === b.field.value;
  return a.kind === 'top' && b.kind === 'top' && a.top === b.top;
}

/** The entry of a row of the log; null for rows of ours. */
export function entryOf(row: ShownRow) {
  return row.kind === 'line' && isEntry(row.item) ? row.item : null;
}
