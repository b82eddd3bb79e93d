/** The files of an agent: looked at, sent, changed and taken away. Who read a content or changed anything is told as a fact. */
import { AppError, validationError } from '#lib/domain/errors.ts';
import {
  archiveQuery,
  deleteQuery,
  folderQuery,
  moveInput,
  onePath,
  type FolderQuery,
} from '#lib/domain/inputs/file-inputs.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { nameIn } from '#lib/domain/paths.ts';
import type { FileEntry, FileView, FolderView, OpenedFile } from '#lib/protocol/files.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository } from '../storage/agents.ts';
import { authorize, type Actor } from './access.ts';
import { packed } from './file-archives.ts';
import { impossible, makeFolder, move, remove, settle } from './file-changing.ts';
import { refuseOther, type Conditions } from './file-conditions.ts';
import type { Folders } from './file-folders.ts';
import { lookInside, lookUp, realPath } from './file-lookup.ts';
import { isInMemory, meansAt, placeOf, refuseSecrets, type FilePlace } from './file-place.ts';
import { headOf, openContent, SMALL_BYTES, versionOf } from './file-reading.ts';
import { sightOf } from './file-sight.ts';
import type { Spool } from './file-spool.ts';
import { checkTar } from './file-tar-check.ts';
import type { FileTrail } from './file-trail.ts';
import { entriesOf, entryOf, linkAt, ordered } from './file-views.ts';
import { writeFile, type Sent } from './file-writing.ts';

export interface FileParts {
  readonly agents: AgentRepository;
  readonly fleet: Fleet;
  readonly folders: Folders;
  readonly spool: Spool;
  readonly trail: FileTrail;
}

export interface SentContent {
  readonly name: string;
  /** null: not known before its end. */
  readonly size: number | null;
  /** null: of a content that is still to come, and whose size is not known. */
  readonly version: string | null;
  readonly bytes: AsyncIterable<Buffer>;
}

/** What is shown of a large file. */
const BEGINNING_BYTES = 64 * 1024;

export class FileService {
  readonly #parts: FileParts;

  constructor(parts: FileParts) {
    this.#parts = parts;
  }

  /** A page of a folder, or what there is to know of anything else. Throws NOT_FOUND, CONFLICT for an agent without a container. */
  async look(actor: Actor | null, agent: string, raw: unknown): Promise<FolderView | FileView> {
    authorize(actor, 'files.read');
    const query = parseInput(folderQuery, raw);
    const place = await placeOf(this.#parts, agent);
    const real = await realPath(place, query.path);
    try {
      if (real !== null) return await this.#folder(place, real, query);
    } catch (error) {
      const isNoFolder =
        error instanceof AppError && (error.code === 'VALIDATION' || error.code === 'NOT_FOUND');
      if (!isNoFolder) throw error;
    }
    return this.#view(place, query.path);
  }

  /** A file with as much of its content as is shown. */
  async open(actor: Actor | null, agent: string, raw: unknown, signal: AbortSignal): Promise<OpenedFile> {
    const who = authorize(actor, 'files.read');
    const { path } = parseInput(onePath, raw);
    const place = await placeOf(this.#parts, agent);
    const view = await this.#view(place, path);
    const isFile = view.entry.kind === 'file' || view.entry.link?.to === 'file';
    if (!isFile || view.means.write === 'kernel') return { ...view, sight: { kind: 'none' }, version: null };
    return this.#parts.trail.of(who, 'file-read', place.agent.id, path, async () => {
      const { file, bytes } = await openContent(place, path, signal);
      const most = file.size > SMALL_BYTES ? BEGINNING_BYTES : SMALL_BYTES;
      const { head, cut } = await headOf(bytes, most);
      return { ...view, sight: sightOf(head, cut), version: versionOf(file, cut ? null : head) };
    });
  }

  /** A file as it is, links followed. Throws NOT_FOUND, and VALIDATION for what is no file. */
  async content(actor: Actor | null, agent: string, raw: unknown, signal: AbortSignal): Promise<SentContent> {
    const who = authorize(actor, 'files.read');
    const { path } = parseInput(onePath, raw);
    const place = await placeOf(this.#parts, agent);
    return this.#parts.trail.of(who, 'file-read', place.agent.id, path, async () => {
      const { file, size, bytes } = await openContent(place, path, signal);
      const name = nameIn(path);
      if (size === null) return { name, size, version: null, bytes };
      if (size > SMALL_BYTES) return { name, size, version: versionOf(file, null), bytes };
      const { head } = await headOf(bytes, SMALL_BYTES);
      return { name, size: head.length, version: versionOf(file, head), bytes: once(head) };
    });
  }

  /** Puts a file in its place when all of it is there. Throws CONFLICT when it is not what the sender takes it to be. */
  async write(
    actor: Actor | null,
    agent: string,
    raw: unknown,
    sent: Sent,
    options: Conditions & { readonly signal: AbortSignal },
  ): Promise<FileEntry> {
    const who = authorize(actor, 'files.change');
    const { path } = parseInput(onePath, raw);
    const { signal } = options;
    const { spool } = this.#parts;
    return this.#change(who, agent, `write ${path}`, async (place) => {
      const check: Parameters<typeof writeFile>[3]['check'] = (at, file) =>
        refuseOther(place, at, file, options, signal);
      await writeFile(place, path, sent, { spool, check, signal });
      return (await this.#view(place, path, lookUp)).entry;
    });
  }

  async makeFolder(actor: Actor | null, agent: string, raw: unknown): Promise<FileEntry> {
    const who = authorize(actor, 'files.change');
    const { path } = parseInput(onePath, raw);
    return this.#change(who, agent, `new folder ${path}`, async (place) => {
      await makeFolder(place, path);
      return (await this.#view(place, path, lookUp)).entry;
    });
  }

  async move(actor: Actor | null, agent: string, raw: unknown): Promise<FileEntry> {
    const who = authorize(actor, 'files.change');
    const wish = parseInput(moveInput, raw);
    return this.#change(who, agent, `move ${wish.from} to ${wish.to}`, async (place) => {
      await move(place, wish);
      return (await this.#view(place, wish.to, lookUp)).entry;
    });
  }

  async delete(actor: Actor | null, agent: string, raw: unknown): Promise<void> {
    const who = authorize(actor, 'files.change');
    const { path, recursive } = parseInput(deleteQuery, raw);
    await this.#change(who, agent, `delete ${path}`, (place) => remove(place, path, recursive));
  }

  /** A folder (or a file) packed while it is read. */
  async archive(
    actor: Actor | null,
    agent: string,
    raw: unknown,
    signal: AbortSignal,
  ): Promise<{
    readonly name: string;
    readonly format: 'tar' | 'zip';
    readonly bytes: AsyncIterable<Buffer>;
  }> {
    const who = authorize(actor, 'files.read');
    const { path, format } = parseInput(archiveQuery, raw);
    const place = await placeOf(this.#parts, agent);
    return this.#parts.trail.of(who, 'file-read', place.agent.id, `${format} of ${path}`, async () => {
      const real = await realPath(place, path);
      if (real === null) throw new AppError('NOT_FOUND', `There is no ${path}`);
      refuseSecrets(real);
      if (meansAt(place, real, true).write === 'kernel')
        throw new AppError('VALIDATION', `${path} is made by the kernel`);
      return { name: nameIn(path) || place.agent.name, format, bytes: packed(place, real, format, signal) };
    });
  }

  /** A tar (plain or gzip) that is unpacked into a folder, over what is there; all of it is looked through first. */
  async unpack(
    actor: Actor | null,
    agent: string,
    raw: unknown,
    content: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly path: string; readonly entries: number }> {
    const who = authorize(actor, 'files.change');
    const { path } = parseInput(onePath, raw);
    return this.#change(who, agent, `unpack into ${path}`, async (place) => {
      const real = await realPath(place, path);
      const folder = real === null ? null : await lookUp(place, real);
      if (real === null || folder?.kind !== 'folder')
        throw validationError([{ field: 'path', value: path, rule: 'must be a folder that is there' }]);
      refuseSecrets(real);
      const why = isInMemory(place, real) ? 'memory' : meansAt(place, real, false).write;
      if (why !== null) throw impossible(path, why);
      await using whole = await this.#parts.spool.take(content);
      const entries = await checkTar(whole.read());
      await place.engine.writeArchive(place.containerId, real, whole.read());
      return { path, entries };
    });
  }

  async #folder(place: FilePlace, real: string, query: FolderQuery): Promise<FolderView> {
    const { path, cursor, limit, fresh } = query;
    const list = await this.#parts.folders.list(place, real, { again: cursor > 0 && !fresh, fresh });
    const files = ordered(list.files, query).slice(cursor, cursor + limit);
    const next = cursor + files.length;
    const isInside = list.source === 'inside';
    return {
      path,
      entries: await entriesOf(place, { real, shown: path }, list, files),
      count: list.files.length,
      cursor,
      ...(next < list.files.length ? { nextCursor: next } : {}),
      complete: list.complete,
      source: list.source,
      emptyTmpfs: !isInside && isInMemory(place, real),
      means: meansAt(place, real, isInside),
    };
  }

  /** The path itself: a link is not followed. */
  async #view(place: FilePlace, path: string, look = lookInside): Promise<FileView> {
    const settled = path === '/' ? path : await settle(place, path);
    const file = await look(place, settled);
    if (file === null) throw new AppError('NOT_FOUND', `There is no ${path}`);
    const link = file.kind === 'link' ? await linkAt(place, settled) : null;
    return {
      path,
      entry: entryOf(place, path, { ...file, name: nameIn(path) }, link),
      means: meansAt(place, settled, file.seenInside),
    };
  }

  async #change<Value>(
    who: Actor,
    agent: string,
    what: string,
    work: (place: FilePlace) => Promise<Value>,
  ): Promise<Value> {
    const place = await placeOf(this.#parts, agent);
    return this.#parts.trail.of(who, 'file-write', place.agent.id, what, async () => {
      try {
        return await work(place);
      } finally {
        this.#parts.folders.forget(place.containerId);
      }
    });
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield bytes;
}
