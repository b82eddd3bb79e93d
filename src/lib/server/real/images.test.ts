/** Images, pulls, registries and the allow list on a real engine, with a real registry. */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ProgressView } from '#lib/protocol/views.ts';
import { startTestRegistry, whyNoTestRegistry, type TestRegistry } from '../engine/testing/registry.ts';
import { startRelay, type Relay } from '../engine/testing/relay.ts';
import { busyboxFiles, importImage } from '../engine/testing/tiny-image.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const WAIT = { wait: true };
const MB = 1_000_000;
const CALM = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'];
const why = NO_ENGINE ?? whyNoTestRegistry();

describe.skipIf(why !== undefined)('images on a real engine', () => {
  let real: RealApp;
  let open: TestRegistry;
  let closed: TestRegistry;
  let slow: Relay;
  let bad: Relay;
  const heard: ProgressView[] = [];

  beforeAll(async () => {
    real = await realApp();
    real.app.bus.on('progress', (progress) => heard.push(progress));
    const engineSocket = real.socket;
    open = await startTestRegistry({ engineSocket });
    closed = await startTestRegistry({ engineSocket, login: true });
    slow = await startRelay({ engineSocket, to: open.address, bytesPerSecond: 4 * MB });
    bad = await startRelay({ engineSocket, to: open.address, spoilAfter: 2 * MB });
    // too random to be packed: what goes over the cable is as large as it looks
    const large = { path: 'large', content: randomBytes(8 * MB), mode: 0o644 };
    const image = `slipway-test/large:${real.run}`;
    await importImage(engineSocket, image, [...busyboxFiles(), large]);
    await publish(image, `${open.address}/acme/tool:1`);
    await publish(image, `${closed.address}/acme/tool:1`, closed);
    await real.engine.removeImage(image, { force: true });
  }, 90_000);

  afterEach(async () => {
    real.app.services.imagePolicy.change(real.admin, { allow: null, strict: false });
    for (const image of await real.engine.listImages())
      for (const tag of image.tags)
        if (/\/(?:acme|other)\//.test(tag)) await real.engine.removeImage(tag, { force: true });
    heard.length = 0;
  });

  afterAll(async () => {
    await Promise.all([slow.stop(), bad.stop(), open.stop(), closed.stop()]);
    await real.close();
  }, 60_000);

  const publish = async (image: string, name: string, registry?: TestRegistry) => {
    await real.engine.tagImage(image, name);
    const login = registry?.login ?? null;
    const { signal } = new AbortController();
    await real.engine.pushImage(name, { signal, ...(login === null ? {} : { login }) });
    await real.engine.removeImage(name, { force: false });
  };
  const services = () => real.app.services;
  const pull = (image: string, wait = true) => services().pulls.pull(real.admin, { image }, { wait });
  const isHere = async (image: string) => (await real.engine.inspectImage(image)) !== null;
  const dangling = async () => (await real.engine.listImages({ dangling: true })).length;
  const spawn = (name: string, image: string) =>
    services().agents.spawn(
      real.admin,
      { name: `${name}-${real.run}`, type: 'custom', image, command: CALM, pull: 'missing' },
      WAIT,
    );
  const pulls = () =>
    services()
      .operations.list(real.admin)
      .filter((each) => each.kind === 'pull');
  const untilMoving = () =>
    vi.waitFor(
      () => {
        expect(heard.some((each) => (each.transfer?.current ?? 0) > 0)).toBe(true);
      },
      { timeout: 15_000, interval: 20 },
    );

  it('a pull brings the image, and says how far each layer and all of it is', async () => {
    const image = `${slow.address}/acme/tool:1`;
    const operation = await pull(image);
    expect(operation).toMatchObject({ kind: 'pull', state: 'succeeded', subject: image });
    expect(await isHere(image)).toBe(true);
    const last = heard.at(-1)?.transfer;
    expect(last?.layers.map((each) => each.state)).toEqual(['done']);
    expect(last?.total).toBeGreaterThan(8 * MB);
    const moving = heard.flatMap(({ transfer }) => (transfer?.secondsLeft == null ? [] : [transfer]));
    expect(
      moving.some((each) => (each.bytesPerSecond ?? 0) > MB && (each.bytesPerSecond ?? 0) < 8 * MB),
    ).toBe(true);
    const percents = heard.flatMap(({ percent }) => (percent === null ? [] : [percent]));
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(100);
    const [listed] = (await services().images.list(real.admin)).images.filter((each) =>
      each.tags.includes(image),
    );
    expect(listed).toMatchObject({
      host: 'local',
      agents: [],
      digests: [expect.stringContaining('@sha256:')],
    });
  }, 60_000);

  it('a registry with a password wants the login, and the one that is kept is used', async () => {
    const image = `${closed.address}/acme/tool:1`;
    const username = closed.login?.username ?? '';
    const password = closed.login?.password ?? '';
    await expect(pull(image)).rejects.toMatchObject({ code: 'PULL_FAILED' });
    expect(await isHere(image)).toBe(false);
    await expect(
      services().registries.put(real.admin, closed.address, { username, password: 'wrong' }),
    ).rejects.toMatchObject({ code: 'PULL_FAILED' });
    expect(services().registries.list(real.admin)).toEqual([]);
    const kept = await services().registries.put(real.admin, closed.address, { username, password });
    expect(kept).toMatchObject({ made: true, works: true, registry: { address: closed.address, username } });
    expect(JSON.stringify(services().registries.list(real.admin))).not.toContain(password);
    await pull(image);
    expect(await isHere(image)).toBe(true);
    expect((await services().registries.test(real.admin, closed.address)).workedAt).not.toBeNull();

    await real.engine.removeImage(image, { force: true });
    const forced = await services().registries.put(real.admin, closed.address, {
      username,
      password: 'wrong',
      force: true,
    });
    expect(forced).toMatchObject({ made: false, works: false, registry: { workedAt: null } });
    await expect(services().registries.test(real.admin, closed.address)).rejects.toMatchObject({
      code: 'PULL_FAILED',
    });
    await expect(pull(image)).rejects.toMatchObject({ code: 'PULL_FAILED' });
    services().registries.delete(real.admin, closed.address);
    expect(services().registries.list(real.admin)).toEqual([]);
  }, 60_000);

  it('a tag that is not there is IMAGE_NOT_FOUND, and the operation keeps it', async () => {
    const image = `${open.address}/acme/tool:none`;
    await expect(pull(image)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    expect(pulls()[0]).toMatchObject({
      state: 'failed',
      error: { code: 'IMAGE_NOT_FOUND' },
      retryable: true,
      subject: image,
    });
  });

  it('a layer that is not what it should be fails the pull, and nothing half-pulled is listed', async () => {
    const before = await dangling();
    await expect(pull(`${bad.address}/acme/tool:1`)).rejects.toMatchObject({ code: 'PULL_FAILED' });
    expect(await isHere(`${bad.address}/acme/tool:1`)).toBe(false);
    expect(await dangling()).toBe(before);
  }, 60_000);

  it('two spawns and a person share one pull, and each sees it', async () => {
    const image = `${slow.address}/acme/tool:1`;
    const before = pulls().length;
    const agents = [spawn('one', image), spawn('two', image)];
    await untilMoving();
    const [running] = services().pulls.list(real.admin);
    const joined = await pull(image, false);
    expect(joined.id).toBe(running?.operationId);
    const [one, two] = await Promise.all(agents);
    expect(pulls().length).toBe(before + 1);
    expect(one?.imageId).toBe(two?.imageId);
    for (const agent of [one, two])
      expect(heard.some((each) => each.agentId === agent?.id && each.transfer !== undefined)).toBe(true);
    const listed = (await services().images.list(real.admin)).images.find((each) =>
      each.tags.includes(image),
    );
    expect(listed?.agents.map((each) => each.id).sort()).toEqual([one?.id, two?.id].sort());
    await expect(services().images.remove(real.admin, listed?.id ?? '')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(one?.name ?? '?') as string,
    });

    expect(await services().images.moved(real.admin, one?.id ?? '')).toMatchObject({ imageMoved: false });
    await real.engine.tagImage(real.image, image);
    expect(await services().images.moved(real.admin, one?.id ?? '')).toMatchObject({ imageMoved: true });
    for (const agent of [one, two])
      await services().agents.remove(real.admin, agent?.id ?? '', { force: true, timeout: 0 }, WAIT);
    // it has no name any more, and its layers would be here already for the next pull
    await services().images.remove(real.admin, one?.imageId ?? '');
  }, 60_000);

  it('whoever cancels a spawn only leaves, and the last one to leave ends the pull', async () => {
    const image = `${slow.address}/acme/tool:1`;
    const first = spawn('leaves', image).catch((error: unknown) => error);
    const second = spawn('leaves-too', image).catch((error: unknown) => error);
    await untilMoving();
    const cancel = (name: string) => {
      const spawning = services()
        .operations.list(real.admin)
        .find((each) => each.agentName === `${name}-${real.run}`);
      services().operations.cancel(real.admin, spawning?.id ?? '');
    };
    cancel('leaves');
    expect(await first).toMatchObject({ code: 'CANCELLED' });
    expect(services().pulls.list(real.admin)).toHaveLength(1);
    const before = await dangling();
    cancel('leaves-too');
    expect(await second).toMatchObject({ code: 'CANCELLED' });
    await vi.waitFor(() => {
      expect(pulls()[0]).toMatchObject({ state: 'cancelled' });
    });
    expect(services().pulls.list(real.admin)).toEqual([]);
    expect(await isHere(image)).toBe(false);
    expect(await dangling()).toBe(before);
  }, 60_000);

  it('a pull that somebody cancels fails the spawn that waits for it, and can be tried again', async () => {
    const image = `${slow.address}/acme/tool:1`;
    const waiting = spawn('waits', image).catch((error: unknown) => error);
    await untilMoving();
    const [running] = services().pulls.list(real.admin);
    services().operations.cancel(real.admin, running?.operationId ?? '');
    expect(await waiting).toMatchObject({
      code: 'PULL_FAILED',
      message: expect.stringContaining('cancelled') as string,
    });
    await vi.waitFor(() => {
      expect(pulls()[0]).toMatchObject({ state: 'cancelled', retryable: true });
    });
    expect(await isHere(image)).toBe(false);
    const again = await services().retry.retry(real.admin, pulls()[0]?.id ?? '');
    expect(again).toMatchObject({ kind: 'pull', subject: image });
    await services().operations.settled(services().operations.row(again.id).id);
    expect(await isHere(image)).toBe(true);
  }, 60_000);

  it('what is not on the allow list is neither pulled nor made, by nobody', async () => {
    const image = `${open.address}/acme/tool:1`;
    services().imagePolicy.change(real.admin, { allow: [`${open.address}/other`, 'library'] });
    const before = await real.holdings();
    const refusal = { code: 'IMAGE_NOT_ALLOWED', message: expect.stringContaining(open.address) as string };
    await expect(pull(image)).rejects.toMatchObject(refusal);
    await expect(spawn('refused', image)).rejects.toMatchObject(refusal);
    await services().agents.remove(real.admin, `refused-${real.run}`, {}, WAIT);
    expect(await real.holdings()).toEqual(before);
    services().imagePolicy.change(real.admin, { allow: [`${open.address}/acme`] });
    await pull(image);
    expect(await isHere(image)).toBe(true);
  }, 60_000);

  it('a strict list holds images that are here against it too, and lets our own snapshots pass', async () => {
    const agent = await services().agents.spawn(
      real.admin,
      { name: `strict-${real.run}`, type: 'custom', image: real.image, command: CALM },
      WAIT,
    );
    const snapshot = await services().snapshots.create(real.admin, agent.id, { name: 'one' });
    const facts = await real.engine.inspectImage(real.image);
    services().imagePolicy.change(real.admin, { allow: ['library'], strict: true });
    const refusal = { code: 'IMAGE_NOT_ALLOWED' };
    await expect(spawn('named', real.image)).rejects.toMatchObject(refusal);
    await expect(spawn('by-id', facts?.id ?? '')).rejects.toMatchObject(refusal);
    await expect(
      services().images.tag(real.admin, facts?.id ?? '', { name: 'library/mine:1' }),
    ).rejects.toMatchObject(refusal);
    const [fork] = await services().forking.fork(
      real.admin,
      snapshot?.id ?? '',
      { name: `forked-${real.run}` },
      WAIT,
    );
    for (const id of [fork?.id ?? '', agent.id])
      await services().agents.remove(real.admin, id, { force: true, timeout: 0 }, WAIT);
    await services().snapshots.delete(real.admin, snapshot?.id ?? '', true);
  }, 60_000);

  it('an image gets further names, loses them one by one, and is gone with the last one', async () => {
    const image = `${open.address}/acme/tool:1`;
    await pull(image);
    const listed = (await services().images.list(real.admin)).images.find((each) =>
      each.tags.includes(image),
    );
    const id = listed?.id ?? '';
    const named = await services().images.tag(real.admin, id, { name: `${open.address}/acme/tool:two` });
    expect(named.tags.toSorted()).toEqual([image, `${open.address}/acme/tool:two`].sort());
    expect(named.history.length).toBeGreaterThan(0);
    expect(named).toMatchObject({ platform: expect.stringContaining('linux/') as string, layers: 1 });
    await services().images.remove(real.admin, id, { name: `${open.address}/acme/tool:two` });
    expect((await services().images.get(real.admin, id)).tags).toEqual([image]);
    await services().images.remove(real.admin, image);
    expect(await isHere(id)).toBe(false);
    await expect(services().images.get(real.admin, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }, 60_000);

  it('the shared size is unknown at first and known soon', async () => {
    await vi.waitFor(async () => {
      const { images } = await services().images.list(real.admin);
      expect(images.length).toBeGreaterThan(0);
      expect(images.every((each) => each.sharedSize !== null && each.sharedSize >= 0)).toBe(true);
    });
  });

  it('to a host with no_pull nothing is ever pulled', async () => {
    const other = await realApp({ socket: real.socket, env: { DOCKER_NO_PULL: 'true' } });
    try {
      const image = `${open.address}/acme/tool:1`;
      const { agents, pulls: otherPulls, preflight } = other.app.services;
      const refusal = { code: 'IMAGE_NOT_FOUND', message: expect.stringContaining('no_pull') as string };
      await expect(otherPulls.pull(other.admin, { image }, WAIT)).rejects.toMatchObject(refusal);
      const input = { type: 'custom', image, command: CALM };
      await expect(agents.spawn(other.admin, input, WAIT)).rejects.toMatchObject(refusal);
      const checked = await preflight.check(other.admin, input);
      expect(checked.checks).toContainEqual(
        expect.objectContaining({
          name: 'image',
          result: 'refused',
          text: expect.stringContaining('no_pull') as string,
        }),
      );
      expect(await isHere(image)).toBe(false);
      const here = { ...input, image: other.image, pull: 'always' };
      expect((await agents.spawn(other.admin, here, WAIT)).state).toBe('ready');
    } finally {
      await other.close();
    }
  }, 60_000);
});
