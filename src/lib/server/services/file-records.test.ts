import { describe, expect, it } from 'vitest';
import { readRecords } from './file-records.ts';

const line = (facts: string, name: string | Buffer) =>
  Buffer.concat([Buffer.from(`${facts} ./`), Buffer.from(name), Buffer.from('//\n')]);

describe('what stat prints of a folder', () => {
  it('is read with every name whole, also one that looks like a record', () => {
    const names = ['plain', 'two\nlines', 'ends with\n', '81a4 0 0 0 0 a a .', ' ', 'ünï'];
    const printed = Buffer.concat(names.map((name) => line('81a4 5 1700000000 0 1000 root UNKNOWN', name)));
    expect(readRecords(printed).map(({ name }) => name)).toEqual(names);
    expect(readRecords(printed)[0]).toEqual({
      name: 'plain',
      kind: 'file',
      size: 5,
      mode: 0o644,
      uid: 0,
      gid: 1000,
      user: 'root',
      group: '1000',
      modifiedAt: 1_700_000_000_000,
      nameless: false,
    });
  });

  it.each([
    ['41ed', 'folder'],
    ['a1ff', 'link'],
    ['11a4', 'fifo'],
    ['21a4', 'device'],
    ['61a4', 'device'],
    ['c1ed', 'socket'],
  ])('says of %s that it is a %s', (mode, kind) => {
    expect(readRecords(line(`${mode} 0 0 0 0 a a`, 'x'))).toMatchObject([{ kind }]);
  });

  it('marks a name that is no UTF-8, and leaves out what is no record', () => {
    const printed = Buffer.concat([
      line('81a4 0 0 0 0 a a', Buffer.from([0x61, 0xff])),
      Buffer.from('stat: nonsense//\n'),
      line('81a4 0 0 0 0 a a', 'good'),
      Buffer.from('81a4 0 0 0 0 a a ./cut off'),
    ]);
    expect(readRecords(printed).map(({ name, nameless }) => [name, nameless])).toEqual([
      ['a\ufffd', true],
      ['good', false],
    ]);
  });
});
