/** How a file's facts are written. */
import type { FileEntry } from '#lib/protocol/files.ts';
import type { IconName } from '../ui/icon-names.ts';

const MARKS = { file: '-', folder: 'd', link: 'l', device: 'b', fifo: 'p', socket: 's', other: '?' } as const;
const ICONS = {
  file: 'file',
  folder: 'folder',
  link: 'symlink',
  device: 'pipe',
  fifo: 'pipe',
  socket: 'pipe',
  other: 'pipe',
} as const satisfies Record<FileEntry['kind'], IconName>;
/** Bit, place of the letter that says "run", and the letters with and without it. */
const SPECIAL = [
  [0o4000, 2, 's', 'S'],
  [0o2000, 5, 's', 'S'],
  [0o1000, 8, 't', 'T'],
] as const;

/** As `ls -l` writes it: `drwxr-xr-x`. */
export function modeWords({ kind, mode }: Pick<FileEntry, 'kind' | 'mode'>): string {
  const letters = Array.from('rwxrwxrwx', (letter, at) => ((mode >> (8 - at)) & 1 ? letter : '-'));
  for (const [bit, at, withRun, without] of SPECIAL)
    if (mode & bit) letters[at] = letters[at] === 'x' ? withRun : without;
  return MARKS[kind] + letters.join('');
}

export function iconOf({ kind }: Pick<FileEntry, 'kind'>): IconName {
  return ICONS[kind];
}

/** Whether it is gone into: a folder, or a link that leads to one. */
export function isEntered({ kind, link }: Pick<FileEntry, 'kind' | 'link'>): boolean {
  return kind === 'folder' || link?.to === 'folder';
}

export function ownerWords({ user, group }: Pick<FileEntry, 'user' | 'group'>): string {
  return user === null ? '' : `${user}:${group ?? ''}`;
}
