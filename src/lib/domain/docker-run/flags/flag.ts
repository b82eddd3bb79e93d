/** The rows of the flag table (../flags.ts) and how they are made. */
import { isRefused, put, readBool, type Reader } from '../read.ts';
import type { OptionsDraft } from '../run-options.ts';

/** Reads the value into the options. Gives the rule that it breaks, or null. */
type Take = (draft: OptionsDraft, text: string) => string | null;

export type FlagKind = 'switch' | 'one' | 'list' | 'map';

export interface Flag {
  /** switch: `--flag` or `--flag=false`; one: the last one counts; list and map: all of them count, in a map by key. */
  readonly kind: FlagKind;
  readonly short?: string;
  /** Known to the CLI and not in its help: another name of the flag it names. */
  readonly aliasOf?: string;
  readonly use:
    | { readonly how: 'mapped'; readonly take: Take }
    | { readonly how: 'ignored'; readonly why: string; readonly take?: Take }
    | { readonly how: 'refused'; readonly why: string };
}

type Set<T> = (draft: OptionsDraft, value: T) => unknown;

function mapped<T>(kind: FlagKind, reader: Reader<T>, set: Set<T>, short?: string): Flag {
  const take: Take = (draft, text) => {
    const read = reader(text);
    if (isRefused(read)) return read.rule;
    set(draft, read.value);
    return null;
  };
  return { kind, use: { how: 'mapped', take }, ...(short === undefined ? {} : { short }) };
}

type HostDraft = OptionsDraft['host'];
type ConfigDraft = OptionsDraft['config'];

/** A flag that is one key of HostConfig. */
export function host<Key extends keyof HostDraft>(
  key: Key,
  reader: Reader<NonNullable<HostDraft[Key]>>,
  short?: string,
): Flag {
  return mapped('one', reader, (draft, value) => (draft.host[key] = value), short);
}

/** A flag that is one key of the container's config. */
export function config<Key extends keyof ConfigDraft>(
  key: Key,
  reader: Reader<NonNullable<ConfigDraft[Key]>>,
  short?: string,
): Flag {
  return mapped('one', reader, (draft, value) => (draft.config[key] = value), short);
}

/** A flag without a value. */
export function toggle(set: Set<boolean>, short?: string): Flag {
  return mapped('switch', readBool, set, short);
}

/** A flag of which the last one counts. */
export function one<T>(reader: Reader<T>, set: Set<T>): Flag {
  return mapped('one', reader, set);
}

/** A flag whose values are collected. */
export function list<T>(reader: Reader<T>, slot: (draft: OptionsDraft) => T[]): Flag {
  return mapped('list', reader, (draft, value) => slot(draft).push(value));
}

/** A flag whose values are collected in a way of its own. */
export function each<T>(reader: Reader<T>, add: Set<T>, short?: string): Flag {
  return mapped('list', reader, add, short);
}

/** The same, when a value can be wrong because of the earlier ones: `add` gives the rule then, else null. */
export function guarded<T>(
  reader: Reader<T>,
  add: (draft: OptionsDraft, value: T) => string | null,
  short?: string,
): Flag {
  const take: Take = (draft, text) => {
    const read = reader(text);
    return isRefused(read) ? read.rule : add(draft, read.value);
  };
  return { kind: 'list', use: { how: 'mapped', take }, ...(short === undefined ? {} : { short }) };
}

/** A flag whose `key=value` pairs are collected; of a key the last one counts. */
export function pairs(
  reader: Reader<readonly [string, string]>,
  slot: (draft: OptionsDraft) => Record<string, string>,
  short?: string,
): Flag {
  return mapped('map', reader, (draft, [key, value]) => put(slot(draft), key, value), short);
}

export function ignored(kind: FlagKind, why: string, more: { short?: string; take?: Take } = {}): Flag {
  const { short, take } = more;
  return {
    kind,
    use: { how: 'ignored', why, ...(take ? { take } : {}) },
    ...(short === undefined ? {} : { short }),
  };
}

export function refused(kind: FlagKind, why: string): Flag {
  return { kind, use: { how: 'refused', why } };
}

export function alias(of: string, flag: Flag): Flag {
  return { kind: flag.kind, use: flag.use, aliasOf: of };
}
