/**
 * What `stat` prints of files inside a container, read back. A name may hold anything but a slash and NUL, newlines too: so each record ends with
 * `//`, which no name can hold.
 */
import { isUtf8 } from 'node:buffer';
import type { FileKind } from '#lib/protocol/files.ts';

/** For `stat -c`, of coreutils and of busybox: mode, size, seconds, owner, and last the name behind `./`. */
export const RECORD_FORMAT = '%f %s %Y %u %g %U %G %n//';

export interface FileRecord {
  readonly name: string;
  readonly kind: FileKind;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The numbers in words, where they have a name. */
  readonly user: string;
  readonly group: string;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly nameless: boolean;
}

const KINDS: Readonly<Record<number, FileKind>> = {
  0o140000: 'socket',
  0o120000: 'link',
  0o100000: 'file',
  0o060000: 'device',
  0o040000: 'folder',
  0o020000: 'device',
  0o010000: 'fifo',
};
const RECORD_END = Buffer.from('//\n');
const NAME_START = Buffer.from(' ./');
const FACTS = /^([\da-f]+) (\d+) (-?\d+) (\d+) (\d+) (\S+) (\S+)$/;

/** What is no record is left out: it comes from a program that we did not write. */
export function readRecords(printed: Buffer): readonly FileRecord[] {
  const records: FileRecord[] = [];
  for (let from = 0; ;) {
    const end = printed.indexOf(RECORD_END, from);
    if (end === -1) return records;
    const record = readRecord(printed.subarray(from, end));
    if (record !== null) records.push(record);
    from = end + RECORD_END.length;
  }
}

function readRecord(bytes: Buffer): FileRecord | null {
  const at = bytes.indexOf(NAME_START);
  if (at === -1) return null;
  const facts = FACTS.exec(bytes.toString('latin1', 0, at));
  if (facts === null) return null;
  const [, mode = '', size, seconds, uid = '', gid = '', user = '', group = ''] = facts;
  const bits = Number.parseInt(mode, 16);
  const name = bytes.subarray(at + NAME_START.length);
  return {
    name: name.toString(),
    kind: KINDS[bits & 0o170000] ?? 'other',
    size: Number(size),
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    user: user === 'UNKNOWN' ? uid : user,
    group: group === 'UNKNOWN' ? gid : group,
    modifiedAt: Number(seconds) * 1000,
    nameless: !isUtf8(name),
  };
}
