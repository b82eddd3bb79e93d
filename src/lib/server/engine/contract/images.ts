import { describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import { PATIENCE, actionsOf, expectRefusal, listen, unique, type Yard } from './yard.ts';

export function describeImages(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const commit = (id: string, tag: string, pause = true) =>
    engine().commitContainer(id, {
      repository: 'slipway-test/commit',
      tag,
      comment: 'by the contract',
      pause,
    });

  describe('images', () => {
    it('one that is here is found by tag and by id, and is in the list', async () => {
      const facts = await engine().inspectImage(yard().image);
      expect(facts?.id).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(facts?.tags).toContain(yard().image);
      expect(facts?.size).toBeGreaterThan(0);
      expect(facts?.createdAt).toBeGreaterThan(Date.UTC(2020, 0));
      expect((await engine().inspectImage(facts?.id ?? ''))?.id).toBe(facts?.id);
      const listed = (await engine().listImages()).find(({ id }) => id === facts?.id);
      expect(listed).toMatchObject({ tags: facts?.tags, size: facts?.size, config: null });
      expect(facts?.layers?.[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(facts?.platform).toMatch(/^linux\//);
      expect(listed).toMatchObject({ layers: null, platform: null });
    });

    it('one by itself says what a container gets from it', async () => {
      const facts = await engine().inspectImage(yard().image);
      expect(facts?.config).toMatchObject({ command: ['sh'], entrypoint: null, workdir: null, user: null });
      expect(facts?.config).toMatchObject({ exposedPorts: [], volumes: [], hasHealthcheck: false });
    });

    it('the list may be of those without a tag alone, or of those with one', async () => {
      const { imageId } = await commit(await yard().create(), unique('first'));
      const reference = (await engine().inspectImage(imageId))?.tags[0] ?? '';
      const user = await yard().start({ Image: imageId });
      await engine().removeImage(reference, { force: true });
      yard().keep(imageId);
      const ids = async (dangling: boolean) => (await engine().listImages({ dangling })).map(({ id }) => id);
      expect(await ids(true)).toContain(imageId);
      expect(await ids(false)).not.toContain(imageId);
      await engine().removeContainer(user, { force: true });
    });

    it('one that is not here is null, also where the text is no reference', async () => {
      expect(await engine().inspectImage('slipway-test/absent:1')).toBeNull();
      expect(await engine().inspectImage(`sha256:${'0'.repeat(64)}`)).toBeNull();
    });

    it('a commit makes an image with the labels of its container, and a container starts from it', async () => {
      const tag = unique('commit');
      const id = await yard().finished('exit 0', { Labels: { colour: 'grey' } });
      const imageId = yard().keep((await commit(id, tag)).imageId);
      const facts = await engine().inspectImage(`slipway-test/commit:${tag}`);
      expect(facts).toMatchObject({ id: imageId, tags: [`slipway-test/commit:${tag}`] });
      expect(facts?.labels).toMatchObject({ colour: 'grey' });
      const child = await yard().start({ Image: imageId, Labels: { shape: 'round' } });
      expect((await engine().inspectContainer(child)).labels).toMatchObject({
        colour: 'grey',
        shape: 'round',
      });
    });

    it('a commit lays changes over what it gets, and knows no others than those of settings', async () => {
      const id = await yard().create({ Env: ['A=old', 'B=kept'], Labels: { colour: 'grey' } });
      const options = {
        repository: 'slipway-test/commit',
        tag: unique('changed'),
        comment: '',
        pause: false,
      };
      const changes = ['ENV A=new', 'LABEL colour="dark red" shape=round', 'CMD ["echo", "x"]', 'USER 1000'];
      const { imageId } = await engine().commitContainer(id, { ...options, changes });
      const facts = await engine().inspectImage(yard().keep(imageId));
      expect(facts?.config?.env).toEqual(expect.arrayContaining(['A=new', 'B=kept']));
      expect(facts?.config?.env).not.toContain('A=old');
      expect(facts?.config).toMatchObject({ command: ['echo', 'x'], user: '1000' });
      expect(facts?.labels).toMatchObject({ colour: 'dark red', shape: 'round' });
      const run = engine().commitContainer(id, { ...options, changes: ['RUN true'] });
      await expectRefusal(run, 'VALIDATION');
    });

    it('a commit pauses one that runs for the time it takes, when told to', async () => {
      const id = await yard().start();
      const events = await listen(engine());
      yard().keep((await commit(id, unique('paused'))).imageId);
      yard().keep((await commit(id, unique('moving'), false)).imageId);
      await expect
        .poll(() => actionsOf(events.seen, id), PATIENCE)
        .toEqual(['pause', 'commit', 'unpause', 'commit']);
      expect((await engine().inspectContainer(id)).status).toBe('running');
      await events.end();
    });

    it('a commit of a paused one leaves it paused', async () => {
      const id = await yard().start();
      await engine().pauseContainer(id);
      yard().keep((await commit(id, unique('paused'))).imageId);
      expect((await engine().inspectContainer(id)).status).toBe('paused');
    });

    it('a commit under a bad tag is refused after it was made: names are checked before', async () => {
      const mark = unique('bad-tag');
      const id = await yard().create({ Labels: { mark } });
      await expectRefusal(commit(id, 'no tag'), 'ENGINE_ERROR');
      const dangling = (await engine().listImages()).filter(({ labels }) => labels['mark'] === mark);
      expect(dangling.map(({ tags }) => tags)).toEqual([[]]);
      for (const image of dangling) yard().keep(image.id);
    });

    it('removal of one that a container was made from is refused, and done by force', async () => {
      const reference = `slipway-test/commit:${unique('used')}`;
      const { imageId } = await commit(await yard().create(), reference.split(':')[1] ?? '');
      const user = await yard().create({ Image: reference });
      await expectRefusal(engine().removeImage(reference, { force: false }), 'CONFLICT');
      await engine().removeImage(reference, { force: true });
      expect(await engine().inspectImage(imageId)).toBeNull();
      expect((await engine().inspectContainer(user)).imageId).toBe(imageId);
    });

    it('removal of one in which a container runs only takes its tag, even by force', async () => {
      const reference = `slipway-test/commit:${unique('running')}`;
      const imageId = yard().keep(
        (await commit(await yard().create(), reference.split(':')[1] ?? '')).imageId,
      );
      const user = await yard().start({ Image: reference });
      await engine().removeImage(reference, { force: true });
      expect(await engine().inspectImage(reference)).toBeNull();
      expect((await engine().inspectImage(imageId))?.tags).toEqual([]);
      await expectRefusal(engine().removeImage(imageId, { force: true }), 'CONFLICT');
      const listed = (await engine().listContainers()).find(({ id }) => id === user);
      expect(listed).toMatchObject({ image: imageId, imageId });
    });

    it('removal of the last tag takes the image away, and gone already is a success', async () => {
      const id = await yard().create();
      const reference = `slipway-test/commit:${unique('gone')}`;
      const { imageId } = await commit(id, reference.split(':')[1] ?? '');
      await engine().removeImage(reference, { force: false });
      expect(await engine().inspectImage(imageId)).toBeNull();
      await engine().removeImage(reference, { force: false });
    });
  });
}
