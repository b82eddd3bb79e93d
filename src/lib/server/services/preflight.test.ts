import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId, type HostId } from '#lib/domain/ids.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, until, useDrivenTime } from '../testing/driven-time.ts';
import { IMAGE, makeWorld, NETWORK, person, startForeign, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

type Input = Readonly<Record<string, unknown>>;
let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

const check = (input: Input, actor = world.admin) =>
  finish(world.services.preflight.check(actor, { type: 'shell', ...input }));
/** Each check by its name, as `result: text`. */
const results = async (input: Input) =>
  Object.fromEntries(
    (await check(input)).checks.map(({ name, result, text }) => [name, `${result}: ${text}`]),
  );
const offline = async () => {
  world.fake.goAway();
  await until(() => expect(world.host.state).toBe('offline'), 20_000);
};

describe('a wish that can be fulfilled', () => {
  it('says where, and what comes of it, and makes nothing', async () => {
    const facts = world.facts.length;
    expect(await check({ name: 'one' })).toMatchObject({ ok: true, problem: null, host: 'local' });
    expect(await results({ name: 'one' })).toEqual({
      name: 'ok: one is free',
      image: `ok: ${IMAGE} is on local`,
      room: expect.stringMatching(/^ok: 16 GiB of 16 GiB are not promised/) as unknown,
      ports: 'ok: none by number',
      networks: `note: ${NETWORK} is made`,
      mounts: 'ok: none',
    });
    expect((await check({ name: 'one' })).command).toContain('docker run');
    expect(world.facts).toHaveLength(facts);
    expect(await world.fake.listContainers()).toEqual([]);
    expect((await world.fake.listNetworks()).map(({ name }) => name)).not.toContain(NETWORK);
  });

  it('counts what running agents may use', async () => {
    const one = await finish(world.spawn({ name: 'one', resources: { memory: '15g' } }));
    expect((await results({ resources: { memory: '2g' } }))['room']).toMatch(
      /^note: 1 GiB of 16 GiB are not promised/,
    );
    expect((await results({ resources: { memory: 'unlimited' } }))['room']).toMatch(/^note: no memory limit/);
    await finish(world.services.agents.stop(world.admin, one.id, {}, { wait: true }));
    expect((await results({ resources: { memory: '2g' } }))['room']).toMatch(/^ok: 16 GiB/);
  });

  it('tells what is pulled, made or asked for only later', async () => {
    expect((await results({ image: 'example.test/tool:1' }))['image']).toMatch(/^note: .* is pulled/);
    expect((await results({ pull: 'always' }))['image']).toMatch(/^note: .* is pulled/);
    expect((await results({ volumes: ['data:/data', '/srv:/srv'] }))['mounts']).toBe(
      'note: the volume data is made',
    );
    await world.fake.createVolume('data', {});
    expect((await results({ volumes: ['data:/data', '/srv:/srv'] }))['mounts']).toBe('ok: data, /srv: there');
    expect((await results({ image: 'example.test/tool:1', volumes: ['/srv:/srv'] }))['mounts']).toBe(
      'note: /srv must be there: that can be asked when the image is on local',
    );
  });

  it('leaves no container of the look for paths behind', async () => {
    await check({ volumes: ['/srv:/srv', '/no-such/a:/a', '/opt:/opt:z'] });
    expect(await world.fake.listContainers()).toEqual([]);
  });

  it('names every path that is not there, and not those that are to be made', async () => {
    const volumes = [
      '/no-such/a:/a',
      '/srv:/srv',
      '/no-such/b:/b:z',
      { source: '/no-such/c', target: '/c', create: true },
    ];
    expect((await results({ volumes }))['mounts']).toBe(
      'refused: /no-such/a, /no-such/b are not on local; "create" makes a folder of root\'s there',
    );
  });
});

describe('what would be refused', () => {
  it.each<[string, Input, object]>([
    ['an unknown type', { type: 'robot' }, { code: 'VALIDATION', details: { fields: [{ field: 'type' }] } }],
    ['a field', { name: '-x' }, { code: 'VALIDATION', details: { fields: [{ field: 'name' }] } }],
    ['a start arg', { startArgs: ['--no-such'] }, { code: 'VALIDATION' }],
    ['a name in the start args', { startArgs: ['--name=-x'] }, { code: 'VALIDATION' }],
    ['a pattern', { readiness: { log: '(' } }, { code: 'VALIDATION' }],
  ])('%s is an answer and no error', async (_title, input, problem) => {
    expect(await check(input)).toMatchObject({ ok: false, problem, host: null, checks: [], command: null });
  });

  it('what only an admin may ask for', async () => {
    const wish = { security: { privileged: true } };
    expect(await check(wish, person('operator'))).toMatchObject({
      ok: false,
      problem: { code: 'FORBIDDEN' },
    });
    expect(await check(wish)).toMatchObject({ ok: true });
  });

  it('a name that an agent or a foreign container has, also in the start args', async () => {
    await finish(world.spawn({ name: 'one' }));
    await startForeign(world.fake, 'theirs');
    expect((await results({ name: 'one' }))['name']).toBe('refused: an agent is called one already');
    expect((await results({ name: 'theirs' }))['name']).toMatch(/^refused: a container that is not ours/);
    expect((await results({ name: 'free', startArgs: ['--name=one'] }))['name']).toMatch(/^refused/);
    expect((await results({ name: 'one', startArgs: ['--name=free'] }))['name']).toBe('ok: free is free');
    expect(await check({ name: 'one' })).toMatchObject({ ok: false });
    expect((await results({}))['name']).toBe('ok: one is made');
  });

  it('an image that is not here and may not be pulled', async () => {
    expect((await results({ image: 'example.test/tool:1', pull: 'never' }))['image']).toMatch(/^refused/);
  });

  it('a network that is missing', async () => {
    expect((await results({ networks: ['nowhere', NETWORK] }))['networks']).toBe(
      'refused: there is no network nowhere',
    );
    await world.fake.createNetwork('nowhere', {});
    expect((await results({ networks: ['nowhere'] }))['networks']).toBe('ok: nowhere');
  });

  it('a port that a container has, on the same address and protocol', async () => {
    await finish(world.spawn({ name: 'one', ports: ['8080:80'] }));
    expect((await results({ ports: ['8080:90'] }))['ports']).toBe('refused: port 8080 is taken by one');
    expect((await results({ ports: ['0.0.0.0:8080:90'] }))['ports']).toMatch(/^refused/);
    expect((await results({ ports: ['127.0.0.2:8080:90'] }))['ports']).toMatch(/^ok/);
    expect((await results({ ports: ['8080:90/udp'] }))['ports']).toBe('ok: no container has 8080');
    expect((await results({ startArgs: ['-p', '8080:1'] }))['ports']).toMatch(/^refused/);
  });

  it.each<[Input, RegExp]>([
    [{ resources: { cpu: 99 } }, /asks for 99 cores/],
    [{ resources: { memory: '999g' } }, /of memory and the host has 16 GiB/],
    [{ runtime: 'kata' }, /runc/],
  ])('%j, which the host has not', async (input, why) => {
    const found = await check(input);
    expect(found).toMatchObject({ ok: false, host: null, hosts: [{ name: 'local', fits: false }] });
    expect(found.hosts[0]?.why).toMatch(why);
    expect(found.checks.at(-1)?.text).toMatch(why);
  });
});

describe('hosts', () => {
  it('that nobody knows', async () => {
    expect((await results({ host: 'elsewhere' }))['host']).toBe('refused: there is no host "elsewhere"');
  });

  it('that are away', async () => {
    await offline();
    expect(await check({})).toMatchObject({ ok: false, host: null, hosts: [{ fits: false }] });
  });

  it('whose engine answers badly', async () => {
    world.fake.failNext('listNetworks', new EngineRefusal(500, 'still loading'));
    expect(await results({ name: 'one' })).toEqual({
      name: 'ok: one is free',
      host: expect.stringMatching(/^refused: /) as unknown,
    });
  });

  it('the one that was chosen says why not, and of several the one with its image, and then with most room, is taken', async () => {
    const large = new FakeEngine({ name: 'large', memory: 64 * 1024 ** 3 });
    const other = world.fleet.add({
      id: newId<HostId>(),
      name: 'large',
      kind: 'local',
      address: 'unix:///large.sock',
      open: () => large.open(),
    });
    await other.start();
    expect((await check({ resources: { memory: '20g' } })).host).toBe('large');
    // the image is on the smaller one only
    expect((await check({})).host).toBe('local');
    large.addImage(IMAGE);
    expect((await check({})).host).toBe('large');
    expect((await check({ host: 'local' })).host).toBe('local');
    large.goAway();
    await until(() => expect(other.state).toBe('offline'), 20_000);
    expect((await check({})).host).toBe('local');
    const found = await check({ host: 'large' });
    expect(found.hosts[0]).toMatchObject({ name: 'local', why: 'another host was chosen' });
    expect(found.checks.at(-1)?.text).toBe(found.hosts[1]?.why);
  });
});

describe('rights', () => {
  it('are those of a spawn', async () => {
    await expect(check({}, person('viewer'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(finish(world.services.preflight.check(null, {}))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(() => world.services.preflight.readCommand(person('viewer'), 'docker run x')).toThrow();
  });

  it('a pasted command becomes input that passes', async () => {
    const { input } = world.services.preflight.readCommand(
      world.admin,
      `docker run --name one -m 64m -p 8080:80 ${IMAGE} sleep 100`,
    );
    expect(await check({ ...input })).toMatchObject({ ok: true });
  });
});
