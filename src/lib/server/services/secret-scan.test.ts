import { gzipSync } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { scanImage } from './secret-scan.ts';

type Files = Readonly<Record<string, string | Buffer>>;

function tarOf(files: Files): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  tar.finalize();
  return buffer(tar);
}

/** An engine whose image has these layers, given in pieces of so many bytes. */
async function saved(layers: readonly Files[], more: Files = {}, options = { piece: 65_536, gzip: false }) {
  const entries = await Promise.all(
    layers.map(async (files, at) => {
      const tar = await tarOf(files);
      return [`l${at}/layer.tar`, options.gzip ? gzipSync(tar) : tar] as const;
    }),
  );
  const all = await tarOf({ ...Object.fromEntries(entries), ...more });
  return {
    async *saveImages() {
      await Promise.resolve();
      for (let at = 0; at < all.length; at += options.piece) yield all.subarray(at, at + options.piece);
    },
  };
}

const SECRETS = new Map([['API_KEY', 'hunter2-secret']]);
const { signal } = new AbortController();

describe('an image', () => {
  it('is clean when no file holds a value', async () => {
    const engine = await saved([{ 'etc/passwd': 'root' }, { 'work/a': 'hunter2' }], {
      'manifest.json': '[]',
    });
    expect(await scanImage(engine, 'i', SECRETS, signal)).toEqual({ state: 'clean' });
  });

  it.each([
    ['plain', { piece: 65_536, gzip: false }],
    ['over many small pieces', { piece: 7, gzip: false }],
    ['in a compressed layer', { piece: 1000, gzip: true }],
  ])('is told with the file that holds one: %s', async (_, options) => {
    const engine = await saved(
      [{ 'etc/passwd': 'root' }, { 'home/agent/.env': `KEY=hunter2-secret\n${'x'.repeat(3000)}` }],
      {},
      options,
    );
    expect(await scanImage(engine, 'i', SECRETS, signal)).toEqual({
      state: 'found',
      files: [{ path: '/home/agent/.env', secret: 'API_KEY' }],
    });
  });

  it('is told when what it says about itself holds one, written as JSON writes it', async () => {
    const value = 'line one\n"quoted"';
    const engine = await saved([{}], { 'config.json': JSON.stringify({ Env: [`K=${value}`] }) });
    expect(await scanImage(engine, 'i', new Map([['K', value]]), signal)).toEqual({
      state: 'found',
      files: [{ path: '(config.json)', secret: 'K' }],
    });
  });

  it('is not looked at when there is nothing to look for', async () => {
    const never = {
      saveImages(): never {
        throw new Error('read');
      },
    };
    expect(await scanImage(never, 'i', new Map(), signal)).toEqual({ state: 'none' });
    expect(await scanImage(never, 'i', new Map([['SHORT', 'abc']]), signal)).toEqual({ state: 'none' });
  });

  it('that cannot be read to its end is no clean one', async () => {
    const engine = {
      async *saveImages() {
        yield* (await saved([{ a: 'x'.repeat(10_000) }], {}, { piece: 2000, gzip: false })).saveImages();
        throw new Error('the engine went away');
      },
    };
    await expect(scanImage(engine, 'i', SECRETS, signal)).rejects.toThrow('went away');
  });
});
