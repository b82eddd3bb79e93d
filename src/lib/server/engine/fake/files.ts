/** One thing in a file system. `content` is of files, `target` of links. */
export interface FileNode {
  readonly kind: 'file' | 'directory' | 'link';
  readonly content: Buffer;
  readonly target: string;
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

const EMPTY = Buffer.alloc(0);
const FOLDERS = ['/', '/bin', '/dev', '/etc', '/home', '/root', '/run', '/tmp', '/usr', '/var'];
const MOST_LINKS = 40;

export const directory = (modifiedAt: number, mode = 0o755): FileNode => ({
  kind: 'directory',
  content: EMPTY,
  target: '',
  mode,
  modifiedAt,
});
export const file = (content: Buffer, modifiedAt: number, mode = 0o644): FileNode => ({
  kind: 'file',
  content,
  target: '',
  mode,
  modifiedAt,
});
export const link = (target: string, modifiedAt: number): FileNode => ({
  kind: 'link',
  content: EMPTY,
  target,
  mode: 0o777,
  modifiedAt,
});

/** A file system in memory: of an image, a container or a volume. Paths begin with a slash and end without one. */
export class Files {
  readonly #nodes: Map<string, FileNode>;

  constructor(nodes?: ReadonlyMap<string, FileNode>) {
    this.#nodes = new Map(nodes ?? FOLDERS.map((path) => [path, directory(0)]));
  }

  copy(): Files {
    return new Files(this.#nodes);
  }

  entries(): readonly (readonly [string, FileNode])[] {
    return [...this.#nodes].toSorted(([left], [right]) => (left < right ? -1 : 1));
  }

  /** Links on the way are followed, a last one is not. */
  get(path: string): FileNode | undefined {
    return this.#nodes.get(this.#settled(path));
  }

  /** Where a link leads, from the root on. */
  follow(path: string): string {
    let at = this.#settled(path);
    for (let links = 0; links < MOST_LINKS; links += 1) {
      const node = this.#nodes.get(at);
      if (node?.kind !== 'link') return at;
      at = this.#settled(joined(parentOf(at), node.target));
    }
    return at;
  }

  /** What lies in a folder, at any depth, and the folder itself. */
  under(path: string): readonly (readonly [string, FileNode])[] {
    const top = this.#settled(path);
    const within = top === '/' ? '/' : `${top}/`;
    return this.entries().filter(([each]) => each === top || each.startsWith(within));
  }

  /** Folders above it are made. Gives what was not there before, and what was, with all folders above but the root. */
  put(
    path: string,
    node: FileNode,
  ): { readonly added: readonly string[]; readonly changed: readonly string[] } {
    const at = this.#settled(path);
    const above = parentOf(at);
    if (at === '/') return { added: [], changed: [] };
    const made = this.put(above, this.#nodes.get(above) ?? directory(node.modifiedAt));
    const known = this.#nodes.has(at);
    this.#nodes.set(at, node);
    return {
      added: [...made.added, ...(known ? [] : [at])],
      changed: [...made.changed, ...(known ? [at] : [])],
    };
  }

  remove(path: string): void {
    for (const [each] of this.under(path)) this.#nodes.delete(each);
  }

  /** The path with the links of its folders followed. */
  #settled(path: string): string {
    const whole = joined('/', path);
    if (whole === '/') return whole;
    const above =
      this.#nodes.get(parentOf(whole))?.kind === 'directory' ? parentOf(whole) : this.follow(parentOf(whole));
    return joined(above, whole.slice(whole.lastIndexOf('/') + 1));
  }
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}

/** As `path.posix.resolve`, without a working directory of its own. */
export function joined(from: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${from}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
