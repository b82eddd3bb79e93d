import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTar } from './tar-reader.ts';

const LONG = `deep/${'folder-with-a-long-name/'.repeat(9)}file-with-a-name.txt`;
const folder = mkdtempSync(join(tmpdir(), 'slipway-tar-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
mkdirSync(join(folder, LONG, '..'), { recursive: true });
writeFileSync(join(folder, LONG), 'far below');
writeFileSync(join(folder, 'near'), 'x'.repeat(1000), { mode: 0o600 });
symlinkSync(LONG, join(folder, 'way'));

describe.each(['gnu', 'pax', 'ustar'])('a tar in the format %s', (format) => {
  const all = format === 'ustar' ? ['near', LONG] : ['near', 'way', LONG];

  it('is read with its long names', () => {
    const packed = execFileSync('tar', ['-C', folder, `--format=${format}`, '-cf', '-', ...all]);
    const items = readTar(packed);
    expect(items.map(({ path }) => path)).toEqual(all);
    expect(items[0]).toMatchObject({ kind: 'file', mode: 0o600 });
    expect(items[0]?.content).toHaveLength(1000);
    expect(items.at(-1)?.content.toString()).toBe('far below');
    if (format !== 'ustar') expect(items[1]).toMatchObject({ kind: 'link', target: LONG });
  });
});

it('what is no tar, and one that is cut off, are refused in the words of the engine', () => {
  const packed = execFileSync('tar', ['-C', folder, '-cf', '-', 'near']);
  expect(() => readTar(Buffer.alloc(512, 'x'))).toThrow('archive/tar: invalid tar header');
  expect(() => readTar(packed.subarray(0, 900))).toThrow('unexpected EOF');
});
