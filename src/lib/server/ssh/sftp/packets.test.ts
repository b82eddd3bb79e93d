import { describe, expect, it } from 'vitest';
import { attributesBytes, longName, readAttributes, readStat } from './attributes.ts';
import { Fields, MAX_PACKET_BYTES, number, packet, PacketCutter, SftpFailure, text } from './packets.ts';
import { failureOf, word } from './words.ts';

describe('SFTP packets', () => {
  it('come out whole however they were cut', () => {
    const all = Buffer.concat([...packet(1, number(7)), ...packet(2), ...packet(3, ...text('abc'))]);
    for (let size = 1; size <= all.length; size += 1) {
      const cutter = new PacketCutter();
      const found: string[] = [];
      for (let at = 0; at < all.length; at += size)
        for (const each of cutter.push(all.subarray(at, at + size))) found.push(each.toString('hex'));
      expect(found).toEqual(['0100000007', '02', '0300000003616263']);
    }
  });

  it('that are large are sent as they are, after their head', () => {
    const data = Buffer.alloc(100_000, 1);
    const pieces = packet(103, number(5), number(data.length), data);
    expect(pieces[1]).toBe(data);
    expect(pieces[0]?.toString('hex')).toBe('000186a9' + '67' + '00000005' + '000186a0');
  });

  it('that are too long are refused before they are kept', () => {
    const cutter = new PacketCutter();
    expect(() => [...cutter.push(number(MAX_PACKET_BYTES + 1))]).toThrow(SftpFailure);
  });

  it('that end too early are refused', () => {
    expect(() => new Fields(Buffer.concat([number(9), Buffer.from('abc')])).bytes()).toThrow(SftpFailure);
  });
});

describe('attributes', () => {
  const line = '81a4 12 1000 100 1700000000 1700000001 two\nlines';

  it('are read from what stat prints, with a name of any bytes', () => {
    const found = readStat(line);
    expect(found?.name).toBe('two\nlines');
    expect(found?.attributes).toEqual({
      mode: 0o100644,
      size: 12,
      owner: { uid: 1000, gid: 100 },
      times: { read: 1_700_000_000, written: 1_700_000_001 },
    });
    expect(longName('x', found?.attributes ?? never())).toMatch(
      /^-rw-r--r-- 1 1000 .* 12 2023-11-14 22:13 x$/,
    );
  });

  it('are the same after they were sent', () => {
    const found = readStat(line)?.attributes ?? never();
    expect(readAttributes(new Fields(attributesBytes(found)))).toEqual(found);
  });

  it('of a stat that speaks otherwise are none', () => {
    expect(readStat('File: x')).toBeNull();
  });
});

describe('words of a script', () => {
  it('hold nothing that a shell reads', () => {
    expect(word('')).toBe('=');
    expect(word('/a b/$(x)\n"\'\\`*é')).toMatch(/^=[a-zA-Z0-9._/\\-]+$/);
    expect(word('/a b')).toBe(String.raw`=/a\0040b`);
  });

  it.each([
    ["stat: cannot statx '/x': No such file or directory", 2],
    ['sh: 1: cannot create /a/b: Directory nonexistent', 2],
    ["sh: can't open /x: Permission denied", 3],
    ["rmdir: '/bin': Directory not empty", 4],
    ['', 4],
  ])('%j is told with the right code', (said, code) => {
    expect(failureOf(said).code).toBe(code);
  });
});

function never(): never {
  throw new Error('it was not read');
}
