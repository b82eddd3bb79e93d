import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { tar, type TarEntry } from '../engine/testing/tar.ts';
import { limited, loadableTar } from './loadable-tar.ts';

const LAYER = `${'a'.repeat(64)}/layer.tar`;
const file = (path: string, content: string): TarEntry => ({ path, content: Buffer.from(content) });
const MANIFEST = file(
  'manifest.json',
  JSON.stringify([{ Config: 'c.json', RepoTags: ['evil:1'], Layers: [LAYER] }]),
);

interface Received {
  about: string | null;
  readonly volumes: Map<number, string>;
}

async function pass(bytes: Buffer, pieceBytes = 1_000) {
  const received: Received = { about: null, volumes: new Map() };
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, n) =>
    bytes.subarray(n * pieceBytes, (n + 1) * pieceBytes),
  );
  const out = loadableTar(Readable.from(pieces), {
    about: (about) => {
      received.about = about;
      return Promise.resolve();
    },
    volume: async (n, packed) => {
      received.volumes.set(n, await text(packed));
    },
    image: () => Promise.resolve('slipway/one:x'),
  });
  const entries = new Map<string, string>();
  const reader = extract();
  Readable.from([await buffer(out)]).pipe(reader);
  for await (const entry of reader) {
    const { name, type, linkname } = entry.header;
    entries.set(name, type === 'symlink' ? `-> ${linkname}` : await text(entry as AsyncIterable<Buffer>));
  }
  return { entries, received };
}

it('the image gets our name, whatever the tar says, and its layers are as they were', async () => {
  const bytes = tar([
    file(LAYER, 'layer'),
    { path: `${'b'.repeat(64)}/layer.tar`, link: `../${LAYER}` },
    file('repositories', '{"evil":{"1":"x"}}'),
    MANIFEST,
  ]);
  const { entries } = await pass(bytes);
  expect(entries.get(LAYER)).toBe('layer');
  expect(entries.get(`${'b'.repeat(64)}/layer.tar`)).toBe(`-> ../${LAYER}`);
  expect(entries.has('repositories')).toBe(false);
  expect(JSON.parse(entries.get('manifest.json') ?? '')).toMatchObject([
    { RepoTags: ['slipway/one:x'], Layers: [LAYER] },
  ]);
});

it('the names of an OCI index are ours too', async () => {
  const index = {
    schemaVersion: 2,
    manifests: [{ digest: 'sha256:1', annotations: { 'io.containerd.image.name': 'docker.io/evil:1' } }],
  };
  const { entries } = await pass(tar([file('index.json', JSON.stringify(index)), MANIFEST]));
  expect(JSON.parse(entries.get('index.json') ?? '')).toMatchObject({
    manifests: [
      { digest: 'sha256:1', annotations: { 'io.containerd.image.name': 'docker.io/slipway/one:x' } },
    ],
  });
});

it.each([7, 1_000, 1_000_000])('our own entries are taken out, in pieces of %i bytes', async (pieceBytes) => {
  const bytes = tar([
    file('slipway/snapshot.json', '{"version":1}'),
    file('slipway/volumes/0.tar.gz', 'zero'),
    file('slipway/volumes/1.tar.gz', ''),
    file(LAYER, 'x'.repeat(5_000)),
    MANIFEST,
  ]);
  const { entries, received } = await pass(bytes, pieceBytes);
  expect([...entries.keys()]).toEqual([LAYER, 'manifest.json']);
  expect(entries.get(LAYER)).toHaveLength(5_000);
  expect(received.about).toBe('{"version":1}');
  expect([...received.volumes]).toEqual([
    [0, 'zero'],
    [1, ''],
  ]);
});

it('a packed one is unpacked', async () => {
  const { entries } = await pass(gzipSync(tar([MANIFEST])));
  expect(entries.has('manifest.json')).toBe(true);
});

describe('is refused:', () => {
  it.each<readonly [string, Buffer]>([
    ['a link in the place of a description', tar([{ path: 'manifest.json', link: 'other.json' }])],
    ['a folder that is a link', tar([{ path: 'a', link: '.' }, file('a/manifest.json', '[]'), MANIFEST])],
    ['a layer that leads outside', tar([{ path: LAYER, link: '../../etc/passwd' }, MANIFEST])],
    ['a path that leads outside', tar([file('a/../manifest.json', '[]'), MANIFEST])],
    ['two images', tar([file('manifest.json', '[{"Config":"a"},{"Config":"b"}]')])],
    ['a description that is no JSON', tar([file('manifest.json', '[{')])],
    ['one without an image', tar([file('a.txt', 'hello')])],
    ['one that is cut off', tar([file(LAYER, 'x'.repeat(3_000)), MANIFEST]).subarray(0, 2_000)],
    ['what is no tar', Buffer.from('x'.repeat(2_000))],
    ['nothing', Buffer.alloc(0)],
    ['a broken gzip', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(2_000, 7)])],
  ])('%s', async (_, bytes) => {
    await expect(pass(bytes)).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('one that is larger than the limit', async () => {
    const bytes = limited(Readable.from([Buffer.alloc(600), Buffer.alloc(600)]), 1_000, () => undefined);
    await expect(buffer(bytes)).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});
