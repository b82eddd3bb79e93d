import { describe, it } from 'vitest';
import { connectLocal } from '../hosts/local.ts';
import type { EngineUnderTest, FaultyEngine, RegistriesUnderTest } from './contract/subject.ts';
import { DockerEngine } from './docker/docker-engine.ts';
import { describeEngineContract } from './engine.contract.ts';
import { FakeEngine } from './fake/fake-engine.ts';
import { FaultyWay } from './testing/faulty-way.ts';
import { startTestRegistry, whyNoTestRegistry } from './testing/registry.ts';
import { brokenAt, pullableAt, registryFiles, registryPlan } from './testing/static-registry.ts';
import { busyboxFiles, importImage } from './testing/tiny-image.ts';

// names of this run: several may share one engine
const RUN = crypto.randomUUID().slice(0, 8);
const IMAGE = `slipway-test/tiny:${RUN}`;
const REGISTRY_IMAGE = `slipway-test/registry:${RUN}`;

const FAKE_REGISTRIES: RegistriesUnderTest = {
  open: '127.0.0.1:5001',
  login: { username: 'ada', password: 'a password', serverAddress: '127.0.0.1:5002' },
};

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
    fake.publish(brokenAt(5000));
    fake.breakLayer(brokenAt(5000));
    fake.openRegistry(FAKE_REGISTRIES.open);
    fake.requireLogin(FAKE_REGISTRIES.login);
    return fake;
  };
  return {
    engine: make(),
    image: IMAGE,
    pullable: pullableAt(5000),
    broken: brokenAt(5000),
    registries: FAKE_REGISTRIES,
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
  const registries = await realRegistries(path);
  const [published] = (await engine.inspectContainer(registry.id)).ports;
  return {
    engine,
    image: IMAGE,
    pullable: pullableAt(published?.host ?? 0),
    broken: brokenAt(published?.host ?? 0),
    registries: registries.under,
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
      await registries.stop();
      await engine.removeContainer(registry.id, { force: true });
      for (const image of [REGISTRY_IMAGE, IMAGE]) await engine.removeImage(image, { force: true });
      engine.close();
    },
  };
}

async function realRegistries(
  engineSocket: string,
): Promise<{ readonly under: RegistriesUnderTest | null; readonly stop: () => Promise<void> }> {
  if (whyNoTestRegistry() !== undefined) return { under: null, stop: () => Promise.resolve() };
  const open = await startTestRegistry({ engineSocket });
  const closed = await startTestRegistry({ engineSocket, login: true });
  return {
    under: closed.login === null ? null : { open: open.address, login: closed.login },
    stop: async () => {
      await open.stop();
      await closed.stop();
    },
  };
}
