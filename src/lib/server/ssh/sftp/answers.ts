/** What SFTP requests are answered. */
import { attributesBytes, longName, type WholeAttributes } from './attributes.ts';
import type { Entry } from './file-shell.ts';
import { ANSWER, number, packet, STATUS, text } from './packets.ts';

/** The parts of an answer after its request's number. */
export type Answer = readonly [type: number, ...parts: readonly Buffer[]];

const EXTENSIONS = [
  'posix-rename@openssh.com',
  'hardlink@openssh.com',
  'fsync@openssh.com',
  'limits@openssh.com',
] as const;

/** The first packet of all. */
export const VERSION = packet(
  ANSWER.VERSION,
  number(3),
  ...EXTENSIONS.flatMap((name) => [...text(name), ...text('1')]),
);

export function status(code: number, words: string): Answer {
  return [ANSWER.STATUS, number(code), ...text(Buffer.from(words)), ...text('')];
}

export const DONE = status(STATUS.OK, '');

/** For a name alone. */
export const NOTHING: WholeAttributes = {
  size: 0,
  owner: { uid: 0, gid: 0 },
  mode: 0,
  times: { read: 0, written: 0 },
};

export function attributes(found: WholeAttributes): Answer {
  return [ANSWER.ATTRS, attributesBytes(found)];
}

export function names(entries: readonly Entry[]): Answer {
  return [
    ANSWER.NAME,
    number(entries.length),
    ...entries.flatMap((each) => [
      ...text(each.name),
      ...text(longName(each.name, each.attributes)),
      attributesBytes(each.attributes),
    ]),
  ];
}
