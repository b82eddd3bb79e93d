import { describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import { expectRefusal, unique, type Yard } from './yard.ts';

export function describeVolumes(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;

  describe('volumes', () => {
    it('a new one has its labels and its time, and is in the list', async () => {
      const name = await yard().volume();
      const facts = await engine().inspectVolume(name);
      expect(facts).toMatchObject({ name, driver: 'local', labels: yard().label });
      expect(facts?.mountpoint).toContain(name);
      expect(Math.abs((facts?.createdAt ?? 0) - ((await engine().info()).time ?? 0))).toBeLessThan(60_000);
      expect((await engine().listVolumes()).find((each) => each.name === name)).toEqual(facts);
    });

    it('making one that is there gives it as it is', async () => {
      const name = await yard().volume();
      const again = await engine().createVolume(name, { colour: 'grey' });
      expect(again).toEqual(await engine().inspectVolume(name));
      expect(again.labels).toEqual(yard().label);
    });

    it('a name that is none is refused', async () => {
      await expectRefusal(engine().createVolume('no name', {}), 'VALIDATION');
      await expectRefusal(engine().createVolume('x', {}), 'VALIDATION');
    });

    it('one that is not there is null, and its removal a success', async () => {
      const name = unique('absent');
      expect(await engine().inspectVolume(name)).toBeNull();
      await engine().removeVolume(name);
    });

    it('one that a container has is not removed, also while that does not run', async () => {
      const name = await yard().volume();
      const Mounts = [{ Type: 'volume', Source: name, Target: '/data' }];
      const id = await yard().create({ HostConfig: { NetworkMode: 'none', Mounts } });
      await expectRefusal(engine().removeVolume(name), 'CONFLICT');
      await engine().removeContainer(id, { force: true });
      await engine().removeVolume(name);
      expect(await engine().inspectVolume(name)).toBeNull();
    });

    it('a container makes those that it names; anonymous ones go with it', async () => {
      const name = unique('made');
      const before = (await engine().listVolumes()).length;
      const id = await yard().start({
        HostConfig: { NetworkMode: 'none', Binds: [`${name}:/named`] },
        Volumes: { '/anonymous': {} },
      });
      const listed = (await engine().listContainers({ labels: yard().label })).find((each) => each.id === id);
      expect(listed?.mounts).toContainEqual({ type: 'volume', source: name, target: '/named' });
      expect(listed?.mounts.map(({ target }) => target).toSorted()).toEqual(['/anonymous', '/named']);
      expect((await engine().listVolumes()).length).toBeGreaterThanOrEqual(before + 2);
      const other = listed?.mounts.find(({ target }) => target === '/anonymous')?.source ?? '';
      await engine().removeContainer(id, { force: true });
      expect(await engine().inspectVolume(other)).toBeNull();
      expect((await engine().inspectVolume(name))?.labels).toEqual({});
      await engine().removeVolume(name);
    });
  });
}
