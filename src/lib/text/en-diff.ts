/** The texts of comparisons, in English. */
import type { ChangeKind } from '#lib/domain/diff/file-change.ts';

const number = (n: number) => n.toLocaleString('en');

const KINDS = { added: 'Added', changed: 'Changed', deleted: 'Deleted' } as const satisfies Record<
  ChangeKind,
  string
>;

export const d = {
  tab: 'Changes',
  title: 'Compare snapshots',
  snapshots: 'Snapshots',
  kinds: KINDS,
  kind: 'Show',
  allKinds: 'all',
  against: 'Against',
  itsImage: 'its image',
  from: 'From',
  to: 'To',
  choose: 'Choose a snapshot',
  chooseTwo: 'Choose two snapshots of one host. What changed from the first to the second is listed here.',
  compare: 'Compare',
  swap: 'Swap',
  search: 'Search changes',
  searchHint: 'A part of the path',
  apply: 'Apply',
  tree: 'Changed files',
  folders: 'Folder',
  root: 'All files',
  sums: ({ added, changed, deleted }: Record<ChangeKind, number>) =>
    [
      [added, 'added'],
      [changed, 'changed'],
      [deleted, 'deleted'],
    ]
      .filter(([n]) => n !== 0)
      .map(([n, word]) => `${number(Number(n))} ${word}`)
      .join(', '),
  asOf: 'As of',
  again: 'Look again',
  more: (left: number) => `${number(left)} more`,
  found: (n: number) => `${number(n)} found`,
  loading: 'Looking…',
  notSeen: (mounts: readonly string[]) => `Not looked into: ${mounts.join(', ')}.`,
  mount: (target: string, kind: string, source: string) =>
    kind === 'volume' || kind === 'bind' ? `${target} (${kind} ${source})` : `${target} (${kind})`,
  nothing: (name: string) => `Nothing changed since ${name}.`,
  nothingText:
    'Files that are made, changed or deleted inside show here. Volumes and mounted folders are left out.',
  nothingFits: 'No change fits these filters.',
  clear: 'Clear the filters',
  long: 'The files of both images are read. This page goes on when it is done.',
  reload: 'See whether it is done',
  tryAgain: 'Try again',
  operation: 'Operation',
  linkTo: 'leads to',
  file: {
    close: 'Back to the list',
    before: 'Before',
    after: 'After',
    absent: 'not there',
    downloadBefore: 'Download as it was',
    downloadAfter: 'Download as it is',
    types: { file: 'file', directory: 'folder', link: 'link', other: 'device, pipe or socket' },
    facts: {
      type: 'Type',
      size: 'Size',
      mode: 'Mode',
      owner: 'Owner',
      target: 'Leads to',
      sha256: 'SHA-256',
      ends: 'Line ends',
    },
    lineEnds: { lf: 'LF', crlf: 'CRLF', mixed: 'mixed' },
    noLastEnd: 'no newline at the end',
    notes: {
      binary: 'This is no text. Compare the sizes and digests, or download both.',
      'too-different': 'Nearly every line differs. Download both to compare them.',
      'no-content': 'There is no text in it to compare.',
      same: 'What it holds is the same; only what is said above differs.',
    },
    tooLarge: (limit: string) => `Texts up to ${limit} are compared here. Download both to compare them.`,
    truncated: 'There is more than is shown here. Download both to see all of it.',
    lines: (path: string) => `Lines of ${path} that differ`,
    hunk: (before: number, after: number) => `Line ${number(before)} before, ${number(after)} after`,
    removed: 'removed',
    added: 'added',
    carriageReturn: 'CR',
  },
} as const;
