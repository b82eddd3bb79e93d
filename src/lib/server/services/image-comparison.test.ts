import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import type { ImageFacts } from '../engine/engine.ts';
import { compareImages } from './image-comparison.ts';

type Entry = Partial<Header> & { readonly name: string; readonly text?: string };

function tarOf(entries: readonly (Entry & { readonly bytes?: Buffer })[]): Promise<Buffer> {
  const tar = pack();
  for (const { text = '', bytes, ...header } of entries) tar.entry(header, bytes ?? text);
  tar.finalize();
  return buffer(tar);
}

const [A, B] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`] as const;
const { signal } = new AbortController();

interface Saved {
  readonly layers: Readonly<Record<string, readonly Entry[]>>;
  /** Names of the layers of each of the two. */
  readonly images: readonly [readonly string[], readonly string[]];
  /** Layers that are links to others. */
  readonly links?: Readonly<Record<string, string>>;
  readonly gzip?: boolean;
}

/** An engine that saves both images as `docker save` does, the manifest last. */
async function engineWith({ layers, images, links = {}, gzip = false }: Saved) {
  const bodies = await Promise.all(
    Object.entries(layers).map(async ([name, entries]) => {
      const tar = await tarOf(entries);
      return { name: `${name}/layer.tar`, bytes: gzip ? gzipSync(tar) : tar };
    }),
  );
  const manifest = images.map((names, at) => ({
    Config: `${[A, B][at]?.slice(7) ?? ''}.json`,
    Layers: names.map((name) => `${name}/layer.tar`),
  }));
  const all = await tarOf([
    ...bodies,
    ...Object.entries(links).map(([name, target]) => ({
      name: `${name}/layer.tar`,
      type: 'symlink' as const,
      linkname: `../${target}/layer.tar`,
    })),
    { name: 'manifest.json', text: JSON.stringify(manifest) },
  ]);
  let saves = 0;
  return {
    saves: () => saves,
    inspectImage: (id: string): Promise<ImageFacts> =>
      Promise.resolve({
        id,
        tags: [],
        digests: [],
        size: 0,
        createdAt: 0,
        labels: {},
        layers: images[id === A ? 0 : 1],
        platform: null,
        config: null,
      }),
    async *saveImages() {
      saves += 1;
      await Promise.resolve();
      for (let at = 0; at < all.length; at += 1000) yield all.subarray(at, at + 1000);
    },
  };
}

const compare = async (saved: Saved) =>
  (await compareImages(await engineWith(saved), [A, B], signal)).map(({ kind, path }) => `${kind} ${path}`);

describe('two images', () => {
  const base = [
    { name: 'etc/', type: 'directory' as const },
    { name: 'etc/passwd', text: 'root' },
    { name: 'etc/motd', text: 'hi' },
    { name: 'bin/tool', text: 'tool' },
    { name: 'bin/same', type: 'link' as const, linkname: 'bin/tool' },
  ];

  it.each([
    ['plain', false],
    ['compressed', true],
  ])('are compared by what their layers come to: %s', async (_, gzip) => {
    const layers = {
      base,
      one: [{ name: 'etc/passwd', text: 'ROOT' }],
      other: [{ name: 'etc/passwd', text: 'root' }, { name: 'etc/.wh.motd' }, { name: 'new', text: 'new' }],
    };
    const images = [
      ['base', 'one'],
      ['base', 'other'],
    ] as const;
    expect(await compare({ layers, images, gzip })).toEqual([
      'deleted /etc/motd',
      'changed /etc/passwd',
      'added /new',
    ]);
  });

  it('of which one is the base of the other differ by its last layers', async () => {
    const layers = {
      base,
      more: [
        { name: 'etc/passwd', text: 'ROOT' },
        { name: 'bin/tool', text: 'tool' },
      ],
    };
    expect(await compare({ layers, images: [['base'], ['base', 'more']] })).toEqual(['changed /etc/passwd']);
  });

  it('may have the same layer under two names', async () => {
    const layers = { base, more: [{ name: 'new', text: 'new' }] };
    const images = [['again'], ['base', 'more']] as const;
    expect(await compare({ layers, images, links: { again: 'base' } })).toEqual(['added /new']);
  });

  it('may have a layer in which nothing is', async () => {
    expect(await compare({ layers: { base, empty: [] }, images: [['base'], ['base', 'empty']] })).toEqual([]);
  });

  it('with the same layers are not even read', async () => {
    const engine = await engineWith({ layers: { base }, images: [['base'], ['base']] });
    expect(await compareImages(engine, [A, B], signal)).toEqual([]);
    expect(engine.saves()).toBe(0);
  });

  it('of which one is gone cannot be compared', async () => {
    const engine = await engineWith({ layers: { base }, images: [['base'], ['base', 'more']] });
    const gone = { ...engine, inspectImage: () => Promise.resolve(null) };
    await expect(compareImages(gone, [A, B], signal)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  });

  it('say how much was read', async () => {
    const engine = await engineWith({ layers: { base }, images: [['base'], ['base', 'more']] });
    const told: number[] = [];
    await compareImages(engine, [A, B], signal, (bytes) => told.push(bytes));
    expect(told.at(-1)).toBeGreaterThan(1000);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });
});
