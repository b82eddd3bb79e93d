import { describe, it } from 'vitest';
import { connectLocal } from '../hosts/local.ts';
import type { EngineUnderTest, FaultyEngine } from './contract/subject.ts';
import { DockerEngine } from './docker/docker-engine.ts';
import { describeEngineContract } from './engine.contract.ts';
import { FakeEngine } from './fake/fake-engine.ts';
import { FaultyWay } from './testing/faulty-way.ts';
import { PULLABLE, registryFiles, registryPlan } from './testing/static-registry.ts';
import { busyboxFiles, importImage } from './testing/tiny-image.ts';

const IMAGE = 'slipway-test/tiny:1';
const REGISTRY_IMAGE = 'slipway-test/registry:1';

describeEngineContract('the fake engine', () => Promise.resolve(fakeUnderTest()));

/** A Docker Engine that tests may fill and empty: scripts/test-engine.ts starts one in a namespace of its own. */
const socket = process.env['SLIPWAY_TEST_SOCKET'];
if (socket === undefined || socket === '') {
  describe('a real Docker Engine', () => {
    it.skip('SLIPWAY_TEST_SOCKET does not say where one is');
  });
} else {
  describeEngineContract('a real Docker Engine', () => realUnderTest(socket));
}

function fakeUnderTest(): EngineUnderTest {
  const make = () => {
    const fake = new FakeEngine();
    fake.addImage(IMAGE, { cmd: ['sh'], commands: { greedy: (process) => process.outOfMemory() } });
    fake.publish(PULLABLE, { cmd: ['sh'] });
    return fake;
  };
  return {
    engine: make(),
    image: IMAGE,
    pullable: PULLABLE,
    outOfMemory: ['greedy'],
    faulty: () => {
      const fake = make();
      return Promise.resolve<FaultyEngine>({
        engine: fake,
        hang: () => fake.hang(),
        cut: () => fake.goAway(),
        heal: () => Promise.resolve(fake.comeBack()),
        dispose: () => undefined,
      });
    },
    dispose: () => Promise.resolve(),
  };
}

async function realUnderTest(path: string): Promise<EngineUnderTest> {
  const open = (socketPath: string) =>
    DockerEngine.open({ connect: () => connectLocal({ path: socketPath }) });
  const [repository = '', tag = ''] = IMAGE.split(':');
  const files = busyboxFiles();
  await importImage(path, { repository, tag }, files);
  await importImage(
    path,
    { repository: REGISTRY_IMAGE.split(':')[0] ?? '', tag: '1' },
    registryFiles(files, files),
  );
  const engine = await open(path);
  const registry = await engine.createContainer(`registry-${process.pid}`, registryPlan(REGISTRY_IMAGE));
  await engine.startContainer(registry.id);
  return {
    engine,
    image: IMAGE,
    pullable: PULLABLE,
    outOfMemory: ['sh', '-c', 'x=a; while :; do x=$x$x; done'],
    faulty: async () => {
      const way = new FaultyWay(path);
      await way.heal();
      return {
        engine: await open(way.path),
        hang: () => way.hang(),
        cut: () => way.cut(),
        heal: () => way.heal(),
        dispose: () => way.dispose(),
      };
    },
    dispose: async () => {
      await engine.removeContainer(registry.id, { force: true });
      for (const image of [REGISTRY_IMAGE, IMAGE]) await engine.removeImage(image, { force: true });
      engine.close();
    },
  };
}
