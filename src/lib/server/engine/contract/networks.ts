import { describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import { expectRefusal, unique, type Yard } from './yard.ts';

export function describeNetworks(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const named = async (name: string) =>
    (await engine().listNetworks()).filter((network) => network.name === name);

  describe('networks', () => {
    it('the predefined ones are there', async () => {
      const names = (await engine().listNetworks()).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['bridge', 'host', 'none']));
    });

    it('a new one is a bridge with its labels, and is in the list', async () => {
      const name = unique('net');
      const made = await engine().createNetwork(name, { colour: 'grey' });
      expect(made).toMatchObject({ name, driver: 'bridge', labels: { colour: 'grey' } });
      expect(await named(name)).toEqual([made]);
      await engine().removeNetwork(made.id);
      expect(await named(name)).toEqual([]);
    });

    it('a second one of the same name is refused', async () => {
      const name = await yard().network();
      await expectRefusal(engine().createNetwork(name, {}), 'CONFLICT');
      expect(await named(name)).toHaveLength(1);
    });

    it('a container joins a second one before it starts', async () => {
      const [first, second] = [await yard().network(), await yard().network()];
      const id = await yard().create({ HostConfig: { NetworkMode: first } });
      await engine().connectNetwork(second, id, { Aliases: ['second-name'] });
      await engine().startContainer(id);
      expect((await engine().inspectContainer(id)).networks.toSorted()).toEqual([first, second].toSorted());
    });

    it('one that is made with several is joined to each', async () => {
      const names = [await yard().network(), await yard().network(), await yard().network()];
      const EndpointsConfig = Object.fromEntries(names.map((name) => [name, { Aliases: [`${name}-me`] }]));
      const id = await yard().start({
        HostConfig: { NetworkMode: names[0] ?? '' },
        NetworkingConfig: { EndpointsConfig },
      });
      expect((await engine().inspectContainer(id)).networks.toSorted()).toEqual(names.toSorted());
    });

    it('when one of several cannot be joined there is no container', async () => {
      const first = await yard().network();
      const made = yard().create({
        HostConfig: { NetworkMode: first },
        NetworkingConfig: { EndpointsConfig: { [first]: {}, host: {} } },
      });
      await expectRefusal(made, 'NETWORK_ERROR');
      expect(await engine().listContainers({ labels: yard().label })).toEqual([]);
    });

    it('one that runs joins and leaves, and leaving one that it is not in is a success', async () => {
      const [first, second] = [await yard().network(), await yard().network()];
      const id = await yard().start({ HostConfig: { NetworkMode: first } });
      await engine().connectNetwork(second, id, { Aliases: ['me'] });
      await expectRefusal(engine().connectNetwork(second, id, {}), 'CONFLICT');
      await expectRefusal(engine().connectNetwork(unique('missing'), id, {}), 'NETWORK_ERROR');
      await engine().disconnectNetwork(first, id, { force: false });
      expect((await engine().inspectContainer(id)).networks).toEqual([second]);
      await engine().disconnectNetwork(first, id, { force: false });
      await engine().disconnectNetwork(second, id, { force: true });
      expect((await engine().inspectContainer(id)).networks).toEqual([]);
    });

    it('joining one that is not there is refused only at the start', async () => {
      const id = await yard().create();
      await engine().connectNetwork(unique('missing'), id, {});
      await expectRefusal(engine().startContainer(id), 'NETWORK_ERROR');
    });

    it('one in which a container runs is not removed; after its end it is', async () => {
      const name = await yard().network();
      const id = await yard().start({ HostConfig: { NetworkMode: name } });
      expect((await engine().inspectContainer(id)).networks).toEqual([name]);
      await expectRefusal(engine().removeNetwork(name), 'CONFLICT');
      await engine().stopContainer(id, 0);
      await engine().removeNetwork(name);
      expect(await named(name)).toEqual([]);
      await expectRefusal(engine().startContainer(id), 'NETWORK_ERROR');
    });

    it('one that is not there cannot be removed', async () => {
      await expectRefusal(engine().removeNetwork(unique('absent')), 'NETWORK_ERROR');
    });
  });
}
