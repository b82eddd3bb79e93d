/**
 * What is in a folder and below it, out of what the engine packs: the only way where nothing can be run inside. The contents go by unread. What
 * lies deeper than asked for is kept too, as long as it is not too much: whoever opens one folder opens the next.
 */
import type { Header } from 'tar-stream';
import { folderOf, nameIn, pathBelow, settledPath } from '#lib/domain/paths.ts';
import type { FileKind } from '#lib/protocol/files.ts';
import type { Engine } from '../engine/engine.ts';
import { walkTar } from './image-walk.ts';
import type { FileRecord } from './file-records.ts';

export interface IndexedFile extends FileRecord {
  /** Of a link, as it is written in it. */
  readonly target: string | null;
}

const MOST_ENTRIES = 200_000;
/** No longer: somebody waits for it. */
const MOST_MS = 60_000;

const KINDS: Readonly<Partial<Record<Header['type'], FileKind>>> = {
  file: 'file',
  link: 'file',
  symlink: 'link',
  directory: 'folder',
  'character-device': 'device',
  'block-device': 'device',
  fifo: 'fifo',
};

export class FileIndex {
  readonly #root: string;
  readonly #folders = new Map<string, Map<string, IndexedFile>>();
  #count = 0;
  #isShallow = false;
  /** false: it was more than could be looked through. */
  complete = true;

  constructor(root: string) {
    this.#root = root;
  }

  /** Whether what is in this folder is known here. */
  covers(folder: string): boolean {
    return folder === this.#root || (!this.#isShallow && this.complete && this.#folders.has(folder));
  }

  entriesOf(folder: string): readonly IndexedFile[] {
    return [...(this.#folders.get(folder)?.values() ?? [])];
  }

  find(path: string): IndexedFile | undefined {
    return this.#folders.get(folderOf(path))?.get(nameIn(path));
  }

  add(path: string, header: Header): void {
    const kind = KINDS[header.type] ?? 'other';
    if (kind === 'folder' && !this.#isShallow && !this.#folders.has(path)) this.#folders.set(path, new Map());
    if (path === this.#root) return;
    const folder = folderOf(path);
    if (this.#isShallow && folder !== this.#root) return;
    this.#count += 1;
    if (this.#count > MOST_ENTRIES) {
      if (this.#isShallow) {
        this.complete = false;
        return;
      }
      this.#forgetDeeper();
      if (folder !== this.#root) return;
    }
    const held = this.#folders.get(folder) ?? new Map<string, IndexedFile>();
    this.#folders.set(folder, held);
    held.set(nameIn(path), this.#file(nameIn(path), kind, header));
  }

  #file(name: string, kind: FileKind, header: Header): IndexedFile {
    // a further name of a file that came before has no content of its own
    const first = header.type === 'link' ? this.find(this.#pathOf(header.linkname)) : undefined;
    return {
      name,
      kind,
      size: first?.size ?? header.size,
      mode: header.mode & 0o7777,
      uid: header.uid,
      gid: header.gid,
      user: header.uname || String(header.uid),
      group: header.gname || String(header.gid),
      modifiedAt: header.mtime.getTime(),
      nameless: name.includes('\ufffd'),
      target: kind === 'link' ? header.linkname : null,
    };
  }

  #pathOf(entry: string): string {
    return pathOfEntry(this.#root, entry);
  }

  #forgetDeeper(): void {
    this.#isShallow = true;
    for (const folder of this.#folders.keys()) if (folder !== this.#root) this.#folders.delete(folder);
    this.#count = this.#folders.get(this.#root)?.size ?? 0;
  }
}

/** Entries begin with the last name of what was asked for. */
export function pathOfEntry(root: string, entry: string): string {
  return settledPath(pathBelow(folderOf(root), entry));
}

/** Throws NOT_FOUND when there is nothing. */
export async function indexFolder(
  engine: Pick<Engine, 'readArchive'>,
  containerId: string,
  folder: string,
  mostMs = MOST_MS,
): Promise<FileIndex> {
  const index = new FileIndex(folder);
  const over = new AbortController();
  const timer = setTimeout(() => {
    index.complete = false;
    over.abort();
  }, mostMs);
  try {
    await walkTar(engine.readArchive(containerId, folder, over.signal), (header) => {
      index.add(pathOfEntry(folder, header.name), header);
    });
  } catch (error) {
    // a tar that was cut off by us ends in the middle
    if (!over.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
    over.abort();
  }
  return index;
}
