import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tar } from '../engine/testing/tar.ts';
import { uploadTar, type UploadChecks } from './upload-tar.ts';

const GOOD = tar([
  { path: './Dockerfile', content: Buffer.from('FROM x\n') },
  { path: 'data', content: Buffer.alloc(300_000, 7) },
]);

async function passed(bytes: Buffer, checks: Partial<UploadChecks> = {}, size = 10_000) {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size)
      yield await Promise.resolve(new Uint8Array(bytes.subarray(at, at + size)));
  }
  const out: Buffer[] = [];
  const all = { file: 'Dockerfile', maxBytes: 1e9, onDockerfile: () => Promise.resolve(), ...checks };
  for await (const piece of uploadTar(pieces(), all)) out.push(piece);
  return Buffer.concat(out);
}

describe('an uploaded tar', () => {
  it.each([
    ['plain', GOOD],
    ['gzip', gzipSync(GOOD)],
  ])('is passed on as it came (%s), and its Dockerfile is read', async (_, bytes) => {
    const seen: string[] = [];
    const onDockerfile = (text: string) => Promise.resolve(void seen.push(text));
    expect((await passed(bytes, { onDockerfile })).equals(bytes)).toBe(true);
    expect(seen).toEqual(['FROM x\n']);
  });

  it.each([
    ['is no tar', Buffer.from('hello '.repeat(300))],
    ['is cut off', GOOD.subarray(0, 200_000)],
    ['is cut off, and gzip', gzipSync(GOOD).subarray(0, 200)],
    ['is empty', Buffer.alloc(0)],
    ['has no Dockerfile', tar([{ path: 'data', content: Buffer.from('x') }])],
  ])('that %s is refused', async (_, bytes) => {
    await expect(passed(bytes)).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('that is too large is refused before all of it is there', async () => {
    await expect(passed(GOOD, { maxBytes: 100_000 })).rejects.toMatchObject({
      code: 'VALIDATION',
      message: expect.stringContaining('larger than') as string,
    });
  });

  it('whose Dockerfile is refused is not passed on whole', async () => {
    const onDockerfile = () => Promise.reject(new Error('not this one'));
    await expect(passed(GOOD, { onDockerfile }, 1_000_000)).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});
