import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import type { Engine } from '../engine.ts';
import { readTar } from '../fake/tar-reader.ts';
import { tar } from '../testing/tar.ts';
import { failing, piecesOf } from './contexts.ts';
import { expectRefusal, refusal, type Yard } from './yard.ts';

const SIGNAL = new AbortController().signal;
const NOTES = tar([
  { path: 'notes', folder: true, mode: 0o750 },
  { path: 'notes/a', content: Buffer.from('first'), mode: 0o640 },
  { path: 'notes/deep/b', content: Buffer.from('second one'), mode: 0o600 },
  { path: 'notes/way', link: 'deep/b' },
]);

export function describeArchives(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const everything = async (id: string, path: string) =>
    readTar(Buffer.concat(await Array.fromAsync(engine().readArchive(id, path, SIGNAL))));

  describe('the files of a container', () => {
    it('are written as a tar, and told one by one, before it was ever started', async () => {
      const id = await yard().create();
      await engine().writeArchive(id, '/', NOTES);
      expect(await engine().statPath(id, '/notes')).toMatchObject({ kind: 'directory', mode: 0o750 });
      expect(await engine().statPath(id, '/notes/a')).toEqual({
        path: '/notes/a',
        kind: 'file',
        size: 5,
        mode: 0o640,
        modifiedAt: 0,
        linkTarget: null,
      });
      const changes = await engine().changes(id);
      expect(changes).toContainEqual({ path: '/notes/deep/b', kind: 'added' });
    });

    it('a link is told as one, with where it leads from the root on', async () => {
      const id = await yard().create();
      await engine().writeArchive(id, '/', NOTES);
      expect(await engine().statPath(id, '/notes/way')).toMatchObject({
        kind: 'link',
        size: 6,
        linkTarget: '/notes/deep/b',
      });
    });

    it('what is not there is null, also below a file', async () => {
      const id = await yard().create();
      await engine().writeArchive(id, '/', NOTES);
      for (const path of ['/absent', '/absent/x', '/notes/absent', '/notes/a/x'])
        expect([path, await engine().statPath(id, path)]).toEqual([path, null]);
    });

    it('are read as a tar that begins with the last name of the path', async () => {
      const id = await yard().start();
      await engine().writeArchive(id, '/', NOTES);
      const items = await everything(id, '/notes');
      expect(items.map(({ path, kind }) => [path, kind])).toEqual([
        ['notes/', 'directory'],
        ['notes/a', 'file'],
        ['notes/deep/', 'directory'],
        ['notes/deep/b', 'file'],
        ['notes/way', 'link'],
      ]);
      expect(items[3]?.content.toString()).toBe('second one');
      expect(items[4]?.target).toBe('deep/b');
      expect((await everything(id, '/notes/deep/b')).map(({ path }) => path)).toEqual(['b']);
    });

    it('are written from a stream, over what is there', async () => {
      const id = await yard().create();
      await engine().writeArchive(id, '/', NOTES);
      const newer = tar([{ path: 'a', content: Buffer.from('newer words') }]);
      await engine().writeArchive(id, '/notes', piecesOf(newer, 7), SIGNAL);
      expect(await engine().statPath(id, '/notes/a')).toMatchObject({ size: 11 });
      expect(await engine().statPath(id, '/notes/deep/b')).toMatchObject({ size: 10 });
    });

    it('in a volume are there for the next container, and not in a commit', async () => {
      const name = await yard().volume();
      const mounted = {
        HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'volume', Source: name, Target: '/data' }] },
      } as const;
      const first = await yard().create(mounted);
      await engine().writeArchive(first, '/data', NOTES);
      const second = await yard().create(mounted);
      expect(await engine().statPath(second, '/data/notes/a')).toMatchObject({ size: 5 });
      const options = { repository: 'slipway-test/commit', tag: 'files', comment: '', pause: false };
      const image = yard().keep((await engine().commitContainer(first, options)).imageId);
      const bare = await yard().create({ Image: image });
      expect(await engine().statPath(bare, '/data/notes/a')).toBeNull();
    });

    it('travel in a commit', async () => {
      const id = await yard().create();
      await engine().writeArchive(id, '/', NOTES);
      const options = { repository: 'slipway-test/commit', tag: 'files', comment: '', pause: false };
      const image = yard().keep((await engine().commitContainer(id, options)).imageId);
      const next = await yard().create({ Image: image });
      expect(await engine().statPath(next, '/notes/deep/b')).toMatchObject({ size: 10 });
      expect(await engine().changes(next)).toEqual([]);
    });

    it('cannot be written where nothing is, into a file, or from what is no tar', async () => {
      const id = await yard().create();
      await engine().writeArchive(id, '/', NOTES);
      await expectRefusal(engine().writeArchive(id, '/absent', NOTES), 'NOT_FOUND');
      const much = piecesOf(Buffer.alloc(4_000_000), 100);
      await expectRefusal(engine().writeArchive(id, '/absent', much, SIGNAL), 'NOT_FOUND');
      await expectRefusal(engine().writeArchive(id, '/notes/a', NOTES), 'VALIDATION');
      await expectRefusal(engine().writeArchive(id, '/', Buffer.alloc(2048, 'x')), 'ENGINE_ERROR');
    });

    it('cannot be written where it is read-only', async () => {
      const id = await yard().create({ HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true } });
      await expectRefusal(engine().writeArchive(id, '/', NOTES), 'CONFLICT');
    });

    it('are not read where nothing is', async () => {
      const id = await yard().create();
      await expectRefusal(everything(id, '/absent'), 'NOT_FOUND');
    });

    it('of a container that is not there are refused', async () => {
      await expectRefusal(engine().statPath('absent', '/'), 'NOT_FOUND');
      await expectRefusal(everything('absent', '/'), 'NOT_FOUND');
      await expectRefusal(engine().writeArchive('absent', '/', NOTES), 'NOT_FOUND');
    });

    it('a tar that fails on the way ends the writing with its error', async () => {
      const error = new AppError('CONFLICT', 'the other side is gone');
      const id = await yard().create();
      expect(await refusal(engine().writeArchive(id, '/', failing(error), SIGNAL))).toBe(error);
    });

    it('reading ends without an error when its signal says so', async () => {
      const id = await yard().create();
      const over = new AbortController();
      await engine().writeArchive(id, '/', tar([{ path: 'large', content: Buffer.alloc(3_000_000) }]));
      const sizes: number[] = [];
      for await (const piece of engine().readArchive(id, '/large', over.signal)) {
        sizes.push(piece.length);
        over.abort();
      }
      expect(sizes).toHaveLength(1);
    });
  });
}
