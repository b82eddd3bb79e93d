/** What changed in the files: an agent against its image or a snapshot, a snapshot against another. */
import { isFolder, nodeAt, type ChangeNode } from '#lib/domain/diff/change-tree.ts';
import { flatPage, levelPage } from '#lib/domain/diff/change-page.ts';
import type { FileChange, FileState } from '#lib/domain/diff/file-change.ts';
import { AppError, notFound } from '#lib/domain/errors.ts';
import type { OperationId } from '#lib/domain/ids.ts';
import { changesQuery, filePath, type ChangesQuery } from '#lib/domain/inputs/changes-query.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { SECRET_FOLDER } from '#lib/domain/secret-delivery.ts';
import type { ChangeItem, ChangePage, FileComparison, FileDiffView } from '#lib/protocol/changes.ts';
import type { MountFacts } from '../engine/engine.ts';
import { authorize, type Actor } from './access.ts';
import type { Comparison } from './comparison-cache.ts';
import { mountsOf } from './container-mounts.ts';
import type { DiffMaking, MakingParts } from './diff-making.ts';
import { sidesOf, type Side, type SideParts, type SideWish } from './diff-sides.ts';
import { COMPARED_BYTES, openFile, readFile, type FileRead } from './file-content.ts';
import { compareTexts, isText } from './text-diff.ts';

export interface DiffParts extends MakingParts, SideParts {
  readonly making: DiffMaking;
}

interface Looked {
  readonly from: Side;
  readonly to: Side;
  readonly comparison: Comparison;
}

/** Each size is one question to the engine. */
const AT_ONCE = 8;
const FILE_MS = 30_000;

export class DiffService {
  readonly #parts: DiffParts;

  constructor(parts: DiffParts) {
    this.#parts = parts;
  }

  /**
   * A page of what differs. `fresh`: an agent is looked at again. Throws NOT_FOUND, CONFLICT for an agent without a container, VALIDATION for
   * sides on different hosts, FORBIDDEN for a viewer where the agent has to be copied first.
   */
  async changes(
    actor: Actor | null,
    from: SideWish,
    to: SideWish,
    raw: unknown,
    options: { readonly fresh?: boolean } = {},
  ): Promise<ChangePage> {
    const who = authorize(actor, 'agents.see');
    const query = parseInput(changesQuery, raw);
    const looked = await this.#look(who, from, to, options.fresh ?? false);
    const { changes, count, nextCursor } = pageOf(looked.comparison, query);
    const mounts = (await this.#mounts(looked)).filter(({ target }) => target !== SECRET_FOLDER);
    return {
      from: looked.from.view,
      to: looked.to.view,
      at: new Date(looked.comparison.at).toISOString(),
      path: query.path ?? '/',
      changes: looked.comparison.sized ? changes : await this.#withSizes(looked.to, changes),
      count,
      ...(nextCursor === null ? {} : { nextCursor }),
      total: looked.comparison.tree.sums,
      sized: looked.comparison.sized,
      notSeen: mounts.map(({ target, type, source }) => ({ target, kind: type, source })),
    };
  }

  /** The operation that makes this comparison now, while it takes long. */
  underWay(actor: Actor | null, from: SideWish, to: SideWish): OperationId | null {
    authorize(actor, 'operations.see');
    const sides = sidesOf(this.#parts, from, to);
    return this.#parts.making.operationOf(sides.from, sides.to);
  }

  /** What differs in one path. Throws NOT_FOUND when nothing does. */
  async file(actor: Actor | null, from: SideWish, to: SideWish, raw: unknown): Promise<FileDiffView> {
    const who = authorize(actor, 'agents.inspect');
    const { path } = parseInput(filePath, raw);
    const looked = await this.#look(who, from, to, false);
    await this.#refuseUnchanged(looked, path);
    const signal = AbortSignal.timeout(FILE_MS);
    const [before, after] = await Promise.all(
      [looked.from, looked.to].map((side) =>
        this.#inside(side, (containerId) => readFile(this.#engine(side), containerId, path, signal)),
      ),
    );
    return {
      path,
      from: looked.from.view,
      to: looked.to.view,
      before: before?.view ?? null,
      after: after?.view ?? null,
      content: compared(before ?? null, after ?? null),
    };
  }

  /** A changed file of one side, as it is. Throws NOT_FOUND when it is no file there, or has not changed. */
  async download(
    actor: Actor | null,
    from: SideWish,
    to: SideWish,
    raw: unknown,
    which: 'before' | 'after',
  ): Promise<{ readonly size: number; readonly stream: ReadableStream<Uint8Array> }> {
    const who = authorize(actor, 'agents.inspect');
    const { path } = parseInput(filePath, raw);
    const looked = await this.#look(who, from, to, false);
    await this.#refuseUnchanged(looked, path);
    const side = which === 'before' ? looked.from : looked.to;
    const container = await this.#container(side);
    try {
      return await openFile(this.#engine(side), container.id, path, () => container.end());
    } catch (error) {
      await container.end();
      throw error;
    }
  }

  async #look(actor: Actor, from: SideWish, to: SideWish, fresh: boolean): Promise<Looked> {
    const sides = sidesOf(this.#parts, from, to);
    return { ...sides, comparison: await this.#parts.making.make(actor, sides.from, sides.to, fresh) };
  }

  /** What is in a mount has not changed either: it is not looked at, and may hold secrets. */
  async #refuseUnchanged({ from, to, comparison }: Looked, path: string): Promise<void> {
    const mounts = await this.#mounts({ from, to });
    const isMounted = mounts.some(({ target }) => path === target || path.startsWith(`${target}/`));
    if (isMounted || nodeAt(comparison.tree, path)?.change == null) throw notFound('changed file', path);
  }

  async #mounts({ from, to }: Pick<Looked, 'from' | 'to'>): Promise<readonly MountFacts[]> {
    const ids = [from, to].flatMap(({ containerId }) => (containerId === null ? [] : [containerId]));
    const containers = await Promise.all(ids.map((id) => this.#engine(to).inspectContainer(id)));
    return containers.flatMap(mountsOf);
  }

  /** The engine says what has changed, and not how large it is. */
  async #withSizes(side: Side, changes: readonly ChangeItem[]): Promise<readonly ChangeItem[]> {
    const { containerId } = side;
    if (containerId === null) return changes;
    const sized = [...changes];
    const waiting = changes.keys();
    const ask = async () => {
      for (const at of waiting) {
        const item = changes[at];
        if (item === undefined || item.kind === null || item.kind === 'deleted') continue;
        const facts = await this.#engine(side).statPath(containerId, item.path);
        if (facts === null) continue;
        const { kind: type, mode, linkTarget } = facts;
        const after: FileState = {
          type,
          size: type === 'file' ? facts.size : 0,
          mode,
          owner: null,
          linkTarget,
        };
        sized[at] = { ...item, after, folder: item.folder || type === 'directory' };
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    return sized;
  }

  async #inside<Value>(side: Side, work: (containerId: string) => Promise<Value>): Promise<Value> {
    const container = await this.#container(side);
    try {
      return await work(container.id);
    } finally {
      await container.end();
    }
  }

  /** An agent's own, or one that is made to look into an image. */
  async #container(side: Side): Promise<{ readonly id: string; end(): Promise<void> }> {
    if (side.containerId !== null) return { id: side.containerId, end: () => Promise.resolve() };
    return this.#parts.temporaries.container(this.#engine(side), side.imageId);
  }

  #engine({ hostId }: Side) {
    return this.#parts.fleet.engine(hostId);
  }
}

function pageOf({ changes, tree }: Comparison, { path, q, kind, cursor, limit }: ChangesQuery) {
  const filter = { kind: kind ?? null, q };
  const wish = { cursor: cursor ?? null, limit };
  if (path === undefined || q !== '') {
    const page = flatPage(changes, path ?? '/', filter, wish);
    return { ...page, changes: page.items.map(flatItem) };
  }
  const folder = nodeAt(tree, path);
  if (folder === undefined) throw new AppError('NOT_FOUND', `Nothing has changed in ${path}`);
  const page = levelPage(folder, filter, wish);
  return { ...page, changes: page.items.map(levelItem) };
}

function levelItem(node: ChangeNode): ChangeItem {
  const { name, path, change, sums } = node;
  const folder = isFolder(node);
  return {
    path,
    name,
    kind: change?.kind ?? null,
    folder,
    before: stateOf(change?.before),
    after: stateOf(change?.after),
    within: node.children.size > 0 ? sums : null,
  };
}

function flatItem({ path, kind, before, after }: FileChange): ChangeItem {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = (after ?? before)?.type === 'directory';
  return { path, name, kind, folder, before: stateOf(before), after: stateOf(after), within: null };
}

/** Without what only the comparison needs. */
function stateOf(state: FileState | null | undefined): FileState | null {
  if (state == null) return null;
  const { type, size, mode, owner, linkTarget } = state;
  return { type, size, mode, owner, linkTarget };
}

function compared(before: FileRead | null, after: FileRead | null): FileComparison {
  const files = [before, after].filter((each) => each?.view.type === 'file');
  if (files.length === 0) return { kind: 'no-content' };
  if (files.some((file) => file?.content == null)) return { kind: 'too-large', limit: COMPARED_BYTES };
  const [old, now] = [before?.content ?? Buffer.alloc(0), after?.content ?? Buffer.alloc(0)];
  if (old.equals(now)) return { kind: 'same' };
  return isText(old) && isText(now) ? compareTexts(old.toString(), now.toString()) : { kind: 'binary' };
}
