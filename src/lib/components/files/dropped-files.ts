/** What was dropped on a page, or chosen: files, and folders with all that is in them. */
export interface DroppedFile {
  /** With the folders that were dropped, without a slash in front. */
  readonly path: string;
  readonly file: File;
}

export interface Dropped {
  /** Those that have to be made, outer ones first. */
  readonly folders: readonly string[];
  readonly files: readonly DroppedFile[];
}

/** To be called while the drop is handled: afterwards the browser has forgotten it. */
export function droppedIn(transfer: DataTransfer): Promise<Dropped> {
  const entries = [...transfer.items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
    return entry === null ? [] : [entry];
  });
  return walk(entries);
}

export function chosenIn(list: FileList): Dropped {
  return { folders: [], files: [...list].map((file) => ({ path: file.name, file })) };
}

async function walk(roots: readonly FileSystemEntry[]): Promise<Dropped> {
  const folders: string[] = [];
  const files: DroppedFile[] = [];
  const waiting = [...roots];
  for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
    const path = entry.fullPath.replace(/^\//, '');
    if (isFolder(entry)) {
      folders.push(path);
      waiting.push(...(await childrenOf(entry)));
    } else if (isFile(entry)) files.push({ path, file: await fileOf(entry) });
  }
  return { folders, files };
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

/** The browser gives a hundred at a time. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<readonly FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}
