import { describe, expect, it, type TestContext } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import type { Engine, TransferProgress } from '../engine.ts';
import { contextOf, failing, piecesOf } from './contexts.ts';
import type { RegistriesUnderTest } from './subject.ts';
import { expectRefusal, refusal, unique, type Yard } from './yard.ts';

const signal = new AbortController().signal;

/** Images that travel: to and from registries, and as tars. */
export function describeTransfers(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;

  /** An image of this test alone, under these names. */
  async function make(...names: readonly string[]): Promise<string> {
    const id = await yard().create();
    const tag = unique('travel');
    await engine().writeArchive(id, '/', await mark());
    const commit = { repository: 'slipway-test/travel', tag, comment: '', pause: false };
    const { imageId } = await engine().commitContainer(id, commit);
    yard().keep(imageId);
    for (const name of names) await engine().tagImage(imageId, name);
    if (names.length > 0) await engine().removeImage(`slipway-test/travel:${tag}`, { force: false });
    await engine().removeContainer(id, { force: true });
    return imageId;
  }

  const mark = async () => Buffer.concat(await Array.fromAsync(contextOf([unique('mark')])));
  const saved = async (...references: readonly string[]) =>
    Buffer.concat(await Array.fromAsync(engine().saveImages(references, signal)));

  describe('a tag', () => {
    it('is a further name for an image, and moves from one to another', async () => {
      const name = `slipway-test/name:${unique('tag')}`;
      const first = await make(name);
      const second = await make();
      await engine().tagImage(second, name);
      expect((await engine().inspectImage(name))?.id).toBe(second);
      expect((await engine().inspectImage(first))?.tags).toEqual([]);
    });

    it('for what is not here, or that is no name, is refused', async () => {
      await expectRefusal(engine().tagImage('slipway-test/absent:1', 'slipway-test/x:1'), 'IMAGE_NOT_FOUND');
      await expectRefusal(engine().tagImage(yard().image, 'slipway-test/NO:1'), 'VALIDATION');
    });
  });

  describe('a tar of images', () => {
    it('is loaded as what it was saved from, with its names', async () => {
      const names = [unique('save'), unique('save')].map((tag) => `slipway-test/saved:${tag}`);
      const imageId = await make(...names);
      const packed = await saved(...names);
      await engine().removeImage(imageId, { force: true });
      expect(await engine().inspectImage(imageId)).toBeNull();
      const loaded = await engine().loadImages(piecesOf(packed, 9), signal);
      expect(loaded.toSorted()).toEqual(names.toSorted());
      const facts = await engine().inspectImage(imageId);
      expect(facts?.tags.toSorted()).toEqual(names.toSorted());
      await yard().start({ Image: names[0] ?? '' });
    });

    it('of an image by its id has no names, and loading says the id', async () => {
      const imageId = await make();
      const packed = await saved(imageId);
      await engine().removeImage(imageId, { force: true });
      expect(await engine().loadImages(piecesOf(packed, 1), signal)).toEqual([imageId]);
      expect((await engine().inspectImage(imageId))?.tags).toEqual([]);
    });

    it('of what is not here is refused', async () => {
      await expectRefusal(saved('slipway-test/absent:1'), 'IMAGE_NOT_FOUND');
    });

    it('that is none, is empty, or is cut off is refused', async () => {
      const packed = await saved(yard().image);
      const cut = packed.subarray(0, Math.floor(packed.length / 2 / 512) * 512 + 100);
      for (const bytes of [Buffer.alloc(2048, 'x'), Buffer.alloc(1024), cut])
        await expectRefusal(engine().loadImages(piecesOf(bytes, 1), signal), 'ENGINE_ERROR');
    });

    it('that fails on the way fails with its error', async () => {
      const error = new AppError('CONFLICT', 'the other side is gone');
      expect(await refusal(engine().loadImages(failing(error), signal))).toBe(error);
    });

    it('ends by its signal: saving without an error, loading as cancelled', async () => {
      const over = new AbortController();
      const pieces: Buffer[] = [];
      for await (const piece of engine().saveImages([yard().image], over.signal)) {
        pieces.push(piece);
        over.abort();
      }
      expect(pieces).toHaveLength(1);
      const packed = await saved(yard().image);
      const stop = new AbortController();
      const half = async function* () {
        yield await Promise.resolve(packed.subarray(0, packed.length / 2));
        stop.abort();
        yield packed.subarray(packed.length / 2);
      };
      await expectRefusal(engine().loadImages(half(), stop.signal), 'CANCELLED');
    });
  });

  describe('the use of the disk', () => {
    it('counts a layer once, and tells what images share and who uses them', async () => {
      const imageId = await make();
      await yard().create({ Image: imageId });
      const { layersSize, images } = await engine().diskUsage();
      const base = await engine().inspectImage(yard().image);
      const ours = images.find(({ id }) => id === imageId);
      expect(ours).toMatchObject({ sharedSize: base?.size, containers: 1 });
      expect(images.find(({ id }) => id === base?.id)?.sharedSize).toBe(base?.size);
      expect(layersSize).toBeGreaterThanOrEqual(base?.size ?? 0);
      const all = await engine().listImages();
      expect(layersSize).toBeLessThan(all.reduce((sum, { size }) => sum + size, 0));
      expect(await engine().storedBytes()).toBeGreaterThanOrEqual(base?.size ?? Infinity);
    });
  });

  describe('a registry', () => {
    const registries = ({ skip }: TestContext): RegistriesUnderTest => {
      const { registries: under } = yard().subject;
      return under ?? skip('there is no registry here');
    };
    const nameAt = (address: string) => `${address}/slipway-test/travel:${unique('push')}`;

    it('takes what is pushed, tells its progress, and gives it back', async (context) => {
      const name = nameAt(registries(context).open);
      const imageId = await make(name);
      const told: TransferProgress[] = [];
      await engine().pushImage(name, { signal, onProgress: (each) => told.push(each) });
      expect(told.some(({ layer, status }) => layer !== null && status === 'Pushed')).toBe(true);
      expect(told.some(({ current, total }) => current !== null && total !== null)).toBe(true);
      expect((await engine().inspectImage(name))?.digests[0]).toMatch(/@sha256:[0-9a-f]{64}$/);
      await engine().removeImage(imageId, { force: true });
      await engine().pullImage(name, { signal });
      expect((await engine().inspectImage(name))?.id).toBe(imageId);
    });

    it('says that an image is up to date when it is pulled again', async (context) => {
      const name = nameAt(registries(context).open);
      await make(name);
      await engine().pushImage(name, { signal });
      const told: string[] = [];
      await engine().pullImage(name, { signal, onProgress: ({ status }) => told.push(status) });
      expect(told.at(-1)).toContain('Image is up to date');
    });

    it('that asks for a login takes and gives with it', async (context) => {
      const { login } = registries(context);
      const name = nameAt(login.serverAddress);
      const imageId = await make(name);
      await engine().pushImage(name, { signal, login });
      await engine().removeImage(imageId, { force: true });
      await engine().pullImage(name, { signal, login });
      expect((await engine().inspectImage(name))?.id).toBe(imageId);
    });

    it('that asks for a login refuses without it, and with a wrong one', async (context) => {
      const { login } = registries(context);
      const name = nameAt(login.serverAddress);
      await make(name);
      const wrong = { ...login, password: 'wröng+/?' };
      const works = [
        engine().pushImage(name, { signal }),
        engine().pushImage(name, { signal, login: wrong }),
        engine().pullImage(name, { signal }),
        engine().pullImage(name, { signal, login: wrong }),
        engine().checkLogin(wrong),
      ];
      for (const error of await Promise.all(works.map(refusal))) {
        expect(error).toMatchObject({ code: 'PULL_FAILED' });
        expect(error.message).toContain('The registry refused the login');
      }
    });

    it('says whether a login is right', async (context) => {
      const { login } = registries(context);
      await engine().checkLogin(login);
      const nowhere = { ...login, serverAddress: '127.0.0.1:1' };
      expect((await refusal(engine().checkLogin(nowhere))).message).not.toContain('refused the login');
    });

    it('has no name that was never pushed, with a login and without', async (context) => {
      const { open, login } = registries(context);
      const error = await refusal(engine().pullImage(nameAt(open), { signal }));
      expect(error).toMatchObject({ code: 'IMAGE_NOT_FOUND' });
      expect(error.message).toContain('manifest unknown');
      const closed = engine().pullImage(nameAt(login.serverAddress), { signal, login });
      await expectRefusal(closed, 'IMAGE_NOT_FOUND');
    });

    it('is not given what is not here', async (context) => {
      const push = engine().pushImage(nameAt(registries(context).open), { signal });
      await expectRefusal(push, 'IMAGE_NOT_FOUND');
    });

    it('gives a build its base with the login for it', async (context) => {
      const { login } = registries(context);
      const name = nameAt(login.serverAddress);
      const imageId = await make(name);
      await engine().pushImage(name, { signal, login });
      await engine().removeImage(imageId, { force: true });
      const told: TransferProgress[] = [];
      const build = (logins: Readonly<Record<string, typeof login>>) =>
        engine().buildImage({
          source: { kind: 'tar', bytes: contextOf([`FROM ${name}`, 'LABEL made=here']) },
          tag: `slipway-test/travel:${unique('built')}`,
          signal,
          logins,
          onProgress: (each) => told.push(each),
        });
      expect((await refusal(build({}))).message).toContain('no basic auth credentials');
      yard().keep((await build({ [login.serverAddress]: login })).imageId);
      expect(told.some(({ status }) => status.startsWith('Pulling from'))).toBe(true);
    });
  });
}
