/** Which folders of a comparison are open, and what is in them: brought by the page, or asked for when one is opened. */
import type { Problem } from '#lib/domain/errors.ts';
import { callApi } from '#lib/live/api.ts';
import type { ChangeItem, ChangePage } from '#lib/protocol/changes.ts';
import { apiHref, type ChangeAddress } from './change-address.ts';

export interface Level {
  readonly items: readonly ChangeItem[];
  readonly count: number;
  readonly nextCursor: string | null;
  readonly loading: boolean;
  readonly problem: Problem | null;
}

export type TreeRow =
  | { readonly key: string; readonly depth: number; readonly item: ChangeItem; readonly open: boolean }
  /** After the items of a level: what is not here yet, or could not be had. */
  | { readonly key: string; readonly depth: number; readonly rest: Level; readonly of: string };

export class ChangeTree {
  readonly #address: ChangeAddress;
  readonly #part: Readonly<Record<string, string>>;
  readonly #root: string;
  #levels = $state.raw<ReadonlyMap<string, Level>>(new Map());
  #open = $state.raw<ReadonlySet<string>>(new Set());

  /** Everything in sight, from top to bottom. */
  readonly rows = $derived.by(() => this.#rowsOf(this.#root, 0));

  /** `part`: filters that hold for every level. */
  constructor(address: ChangeAddress, page: ChangePage, part: Readonly<Record<string, string>>) {
    this.#address = address;
    this.#part = part;
    this.#root = page.path;
    this.#put(page.path, levelOf(page, []));
  }

  async toggle(path: string): Promise<void> {
    const open = new Set(this.#open);
    if (!open.delete(path)) open.add(path);
    this.#open = open;
    if (open.has(path) && !this.#levels.has(path)) await this.more(path);
  }

  /** The next page of a folder, also after it failed. */
  async more(path: string): Promise<void> {
    const known = this.#levels.get(path) ?? { ...NOTHING };
    if (known.loading) return;
    this.#put(path, { ...known, loading: true, problem: null });
    const part = { ...this.#part, path, cursor: known.nextCursor };
    const answer = await callApi('GET', apiHref(this.#address, part));
    if (answer.ok && isPage(answer.value)) this.#put(path, levelOf(answer.value, known.items));
    else this.#put(path, { ...known, loading: false, problem: answer.ok ? null : answer.error });
  }

  #put(path: string, level: Level): void {
    this.#levels = new Map(this.#levels).set(path, level);
  }

  #rowsOf(path: string, depth: number): readonly TreeRow[] {
    const level = this.#levels.get(path);
    if (level === undefined) return [];
    const rows = level.items.flatMap((item): readonly TreeRow[] => {
      const open = this.#open.has(item.path);
      const below = open ? this.#rowsOf(item.path, depth + 1) : [];
      return [{ key: item.path, depth, item, open }, ...below];
    });
    const isWhole = level.nextCursor === null && !level.loading && level.problem === null;
    return isWhole ? rows : [...rows, { key: `${path}\0`, depth, rest: level, of: path }];
  }
}

const NOTHING: Level = { items: [], count: 0, nextCursor: null, loading: false, problem: null };

function levelOf(page: ChangePage, before: readonly ChangeItem[]): Level {
  const items = [...before, ...page.changes];
  return { items, count: page.count, nextCursor: page.nextCursor ?? null, loading: false, problem: null };
}

function isPage(value: unknown): value is ChangePage {
  return typeof value === 'object' && value !== null && 'changes' in value && 'count' in value;
}
