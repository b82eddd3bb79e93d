import { describe, it } from 'vitest';
import { connectLocal } from '../hosts/local.ts';
import type { EngineUnderTest, FaultyEngine } from './contract/subject.ts';
import { DockerEngine } from './docker/docker-engine.ts';
import { describeEngineContract } from './engine.contract.ts';
import { FakeEngine } from './fake/fake-engine.ts';
import { FaultyWay } from './testing/faulty-way.ts';
import { pullableAt, registryFiles, registryPlan } from './testing/static-registry.ts';
import { busyboxFiles, importImage } from './testing/tiny-image.ts';

// names of this run: several may share one engine
const RUN = crypto.randomUUID().slice(0, 8);
const IMAGE = `slipway-test/tiny:${RUN}`;
const REGISTRY_IMAGE = `slipway-test/registry:${RUN}`;

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
    fake.publish(pullableAt(5000), { cmd: ['sh'] });
    return fake;
  };
  return {
    engine: make(),
    image: IMAGE,
    pullable: pullableAt(5000),
    outOfMemory: ['greedy'],
    faulty: () => {
      const fake = make();
      return Promise.resolve<FaultyEngine>({
        engine: fake,
        hang: () => fake.hang(),
        cut: () => fake.goAway(),
        heal: () => {
          fake.comeBack();
          return Promise.resolve();
        },
        dispose: () => undefined,
      });
    },
    dispose: () => Promise.resolve(),
  };
}

async function realUnderTest(path: string): Promise<EngineUnderTest> {
  const open = (socketPath: string) =>
    DockerEngine.open({ connect: () => connectLocal({ path: socketPath }) });
  const engine = await open(path);
  const files = busyboxFiles();
  await importImage(path, IMAGE, files);
  await importImage(
    path,
    REGISTRY_IMAGE,
    registryFiles(files, [...files, { path: 'pulled', content: Buffer.from('a layer of its own') }]),
  );
  const registry = await engine.createContainer(`registry-${RUN}`, registryPlan(REGISTRY_IMAGE));
  await engine.startContainer(registry.id);
  const [published] = (await engine.inspectContainer(registry.id)).ports;
  return {
    engine,
    image: IMAGE,
    pullable: pullableAt(published?.host ?? 0),
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
