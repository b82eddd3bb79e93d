/** Size, owner, mode and times of a file: as SFTP sends them, as `stat` prints them, and as `ls -l` shows them. */
import { Fields, large, number } from './packets.ts';

export interface Attributes {
  readonly size?: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** With the type in its upper bits, as the kernel has it. */
  readonly mode?: number;
  /** Seconds since 1970. */
  readonly times?: { readonly read: number; readonly written: number };
}

/** What is known of a file that is there. */
export type WholeAttributes = Required<Attributes>;

const HAS = { size: 0x1, owner: 0x2, mode: 0x4, times: 0x8, extended: 0x80000000 } as const;

export function readAttributes(fields: Fields): Attributes {
  const flags = fields.number();
  const has = (flag: number) => (flags & flag) !== 0;
  return {
    ...(has(HAS.size) ? { size: fields.large() } : {}),
    ...(has(HAS.owner) ? { owner: { uid: fields.number(), gid: fields.number() } } : {}),
    ...(has(HAS.mode) ? { mode: fields.number() } : {}),
    ...(has(HAS.times) ? { times: { read: fields.number(), written: fields.number() } } : {}),
  };
}

export function attributesBytes({ size, owner, mode, times }: WholeAttributes): Buffer {
  return Buffer.concat([
    number(HAS.size | HAS.owner | HAS.mode | HAS.times),
    large(size),
    number(owner.uid),
    number(owner.gid),
    number(mode),
    number(times.read),
    number(times.written),
  ]);
}

/** Of `stat -c '%f %s %u %g %X %Y'`, with the name after it where there is one; null: this is none. */
export function readStat(
  line: string,
): { readonly attributes: WholeAttributes; readonly name: string } | null {
  const found = /^([0-9a-f]+) (\d+) (\d+) (\d+) (-?\d+) (-?\d+) ?([^]*)$/.exec(line);
  if (found === null) return null;
  const [, mode = '', size, uid, gid, read, written, name = ''] = found;
  return {
    attributes: {
      mode: Number.parseInt(mode, 16),
      size: Number(size),
      owner: { uid: Number(uid), gid: Number(gid) },
      times: { read: Number(read), written: Number(written) },
    },
    name,
  };
}

const TYPES: Readonly<Record<number, string>> = {
  0o01: 'p',
  0o02: 'c',
  0o04: 'd',
  0o06: 'b',
  0o10: '-',
  0o12: 'l',
  0o14: 's',
};

/** The line that `ls -l` of an sftp client shows. */
export function longName(name: string, { mode, size, owner, times }: WholeAttributes): string {
  const bits = [6, 3, 0].map((shift) => {
    const part = (mode >> shift) & 7;
    return `${part & 4 ? 'r' : '-'}${part & 2 ? 'w' : '-'}${part & 1 ? 'x' : '-'}`;
  });
  const when = new Date(times.written * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const kind = TYPES[mode >> 12] ?? '?';
  return `${kind}${bits.join('')} 1 ${String(owner.uid).padEnd(8)} ${String(owner.gid).padEnd(8)} ${String(size).padStart(10)} ${when} ${name}`;
}
