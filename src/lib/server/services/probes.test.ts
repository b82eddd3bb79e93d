import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReadinessProbe } from '#lib/domain/agent-spec.ts';
import type { ContainerFacts } from '../engine/engine.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import type { Program } from '../engine/fake/process.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { IMAGE, startForeign } from '../testing/world.ts';
import type { Probe } from './probe.ts';
import { makeProbe } from './probes.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const PLAIN = 'example.test/plain:1';
/** What a kernel says: 8080 listens, 9090 is only a connection. */
const TABLE = [
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
  '   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1',
  '   1: 0100007F:2382 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2',
  '',
].join('\n');
const kernel: Program = (process) => {
  process.write('stdout', TABLE);
  return 1;
};

let fake: FakeEngine;
let id: string;
let probe: Probe | null;
beforeEach(() => {
  fake = new FakeEngine();
  fake.addImage(PLAIN, { commands: { cat: kernel } });
  probe = null;
});
afterEach(async () => {
  probe?.close();
  await settled();
  expect((await names()).filter((name) => name.startsWith('slipway-probe-'))).toEqual([]);
});

const names = async () => (await fake.listContainers()).map(({ name }) => name);
const run = async (image = PLAIN, cmd?: readonly string[]) => {
  const { id: made } = await fake.createContainer('agent', {
    Image: image,
    ...(cmd === undefined ? {} : { Cmd: [...cmd] }),
    HostConfig: { RestartPolicy: { Name: 'no' } },
  });
  await fake.startContainer(made);
  id = made;
};
/** The fake knows a container's network only as one of that name. */
const hasNetwork = () => fake.createNetwork(`container:${id}`, {});
const use = (readiness: ReadinessProbe) => {
  probe = makeProbe({ ...readiness, timeout: 10 }, fake, id);
  return probe;
};
const ask = async (but: Partial<ContainerFacts> = {}, signal?: AbortSignal) => {
  const facts = { ...(await fake.inspectContainer(id)), ...but };
  return finish(probe?.ask(facts, signal) ?? Promise.reject(new Error('no probe')));
};

describe('running and health', () => {
  beforeEach(() => run());

  it('running is enough for running, and for auto without a health check', async () => {
    use({ kind: 'running' });
    expect(await ask({ health: 'unhealthy' })).toEqual({ ready: true, note: 'running' });
    use({ kind: 'auto' });
    expect(await ask()).toEqual({ ready: true, note: 'running' });
  });

  it.each(['auto', 'healthy'] as const)('%s follows the health check', async (kind) => {
    use({ kind });
    expect(await ask({ health: 'starting' })).toMatchObject({ ready: false });
    expect(await ask({ health: 'unhealthy' })).toEqual({
      ready: false,
      note: 'its health check says unhealthy',
    });
    expect(await ask({ health: 'healthy' })).toEqual({ ready: true, note: 'healthy' });
  });

  it('healthy of an image without a health check makes no sense', async () => {
    use({ kind: 'healthy' });
    await expect(ask()).rejects.toMatchObject({
      code: 'VALIDATION',
      details: { fields: [{ field: 'readiness' }] },
    });
  });
});

describe('exec', () => {
  beforeEach(() => run());

  it.each([
    [['true'], true, 'true says yes'],
    [['sh', '-c', 'exit 7'], false, 'sh ended with code 7'],
    [['no-such-program'], false, 'no-such-program did not answer'],
    [['sleep', '60'], false, 'sleep did not answer'],
  ])('%j', async (command, ready, note) => {
    use({ kind: 'exec', command });
    expect(await ask()).toEqual({ ready, note });
  });

  it('does not wait longer than five seconds', async () => {
    use({ kind: 'exec', command: ['sleep', '60'] });
    const from = Date.now();
    await ask();
    expect(Date.now() - from).toBe(5_000);
  });
});

describe('tcp', () => {
  it('reads the list of the kernel', async () => {
    await run();
    use({ kind: 'tcp', port: 8080 });
    expect(await ask()).toEqual({ ready: true, note: 'port 8080 is open' });
    use({ kind: 'tcp', port: 9090 });
    expect(await ask()).toEqual({ ready: false, note: 'nothing listens on port 9090' });
    use({ kind: 'tcp', port: 80 });
    expect((await ask()).ready).toBe(false);
    expect(await names()).toEqual(['agent']);
  });

  it('asks with the starter image beside it when the image has nothing, and makes that once', async () => {
    fake.addImage('example.test/bare:1');
    fake.addImage(IMAGE, { commands: { cat: kernel } });
    await run('example.test/bare:1');
    await hasNetwork();
    use({ kind: 'tcp', port: 8080 });
    const make = vi.spyOn(fake, 'createContainer');
    expect((await ask()).ready).toBe(true);
    expect((await ask()).ready).toBe(true);
    expect(make).toHaveBeenCalledOnce();
    expect(make.mock.calls[0]?.[1].HostConfig).toMatchObject({
      NetworkMode: `container:${id}`,
      AutoRemove: true,
    });
  });
});

describe('http', () => {
  const answering = (commands: Readonly<Record<string, Program>>) => {
    fake.addImage('example.test/web:1', { commands });
    return run('example.test/web:1');
  };
  const says =
    (stream: 'stdout' | 'stderr', text: string, code = 0): Program =>
    (process) => {
      process.write(stream, text);
      return code;
    };
  const page = (status = 200) => use({ kind: 'http', port: 80, path: '/up', status });

  it.each<[string, Readonly<Record<string, Program>>]>([
    ['curl', { curl: says('stdout', '200') }],
    ['wget', { wget: says('stderr', '  HTTP/1.1 200 OK\n') }],
    ['node', { node: says('stdout', '200\n') }],
    ['python3', { python3: says('stdout', '200\n') }],
  ])('asks with %s', async (_name, commands) => {
    await answering(commands);
    page();
    expect(await ask()).toEqual({ ready: true, note: '/up answers 200' });
  });

  it('wants the status that was asked for', async () => {
    await answering({ wget: says('stderr', '  HTTP/1.1 404 Not Found\n', 1) });
    page();
    expect(await ask()).toEqual({ ready: false, note: '/up answers 404, not 200' });
    page(404);
    expect((await ask()).ready).toBe(true);
  });

  it('a program that gets no answer does not hand on to the next', async () => {
    await answering({ curl: says('stdout', '000', 7), wget: says('stderr', 'HTTP/1.1 200 OK') });
    page();
    expect(await ask()).toEqual({ ready: false, note: 'port 80 does not answer' });
  });

  it('one that cannot be executed hands on', async () => {
    await answering({ curl: says('stdout', '', 126), wget: says('stderr', 'HTTP/1.0 200 OK') });
    page();
    expect((await ask()).ready).toBe(true);
  });

  it('the path is an argument and no part of a shell', async () => {
    await answering({ curl: says('stdout', '200') });
    const execute = vi.spyOn(fake, 'execute');
    use({ kind: 'http', port: 80, path: '/$(reboot)', status: 200 });
    await ask();
    expect(execute.mock.calls[0]?.[1].command.at(-1)).toBe('http://127.0.0.1:80/$(reboot)');
  });

  it('says so when neither its image nor the starter image can ask', async () => {
    await answering({});
    page();
    expect((await ask()).note).toContain('neither its image nor the starter image');
    fake.addImage(IMAGE);
    probe?.close();
    expect((await ask()).note).toContain('neither its image nor the starter image');
  });

  it('a helper that cannot be made is tried again, and is no failure of the agent', async () => {
    await answering({});
    await hasNetwork();
    fake.addImage(IMAGE, { commands: { curl: says('stdout', '200') } });
    page();
    fake.failNext('startContainer', new EngineRefusal(409, `cannot join network of a non running container`));
    expect((await ask()).ready).toBe(false);
    expect(await ask()).toEqual({ ready: true, note: '/up answers 200' });
  });

  it('makes another helper for another run: the network of the one before is gone', async () => {
    await answering({});
    await hasNetwork();
    fake.addImage(IMAGE, { commands: { curl: says('stdout', '200') } });
    page();
    await ask();
    const first = await names();
    await pass(1_000);
    await fake.restartContainer(id, 0);
    await ask();
    const second = await names();
    expect(second).toHaveLength(2);
    expect(second).not.toEqual(first);
  });

  it('makes no helper for who no longer waits', async () => {
    await answering({});
    fake.addImage(IMAGE);
    page();
    await expect(ask({}, AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
    expect(await names()).toEqual(['agent']);
  });
});

describe('log', () => {
  const matches = async () => {
    await ask();
    await settled();
    return (await ask()).ready;
  };
  beforeEach(async () => {
    fake.addImage(IMAGE);
    id = await startForeign(fake, 'agent');
  });

  it('finds a line that comes in pieces, and one that was there before', async () => {
    use({ kind: 'log', pattern: '^listening on \\d+$' });
    expect(await matches()).toBe(false);
    fake.write(id, 'stdout', 'listen');
    fake.write(id, 'stdout', 'ing on 80');
    expect(await matches()).toBe(false);
    fake.write(id, 'stdout', '80\n');
    expect(await matches()).toBe(true);
    probe?.close();
    use({ kind: 'log', pattern: 'listening' });
    expect(await matches()).toBe(true);
  });

  it('hears both streams, and does not join two lines', async () => {
    use({ kind: 'log', pattern: 'one.*two' });
    fake.write(id, 'stdout', 'one\ntwo\n');
    expect(await matches()).toBe(false);
    fake.write(id, 'stderr', 'one and two\n');
    expect(await matches()).toBe(true);
  });

  it('what it said before a restart counts for nothing', async () => {
    use({ kind: 'log', pattern: 'listening' });
    fake.write(id, 'stdout', 'listening\n');
    expect(await matches()).toBe(true);
    await pass(1_000);
    await finish(fake.restartContainer(id, 0));
    expect(await matches()).toBe(false);
    fake.write(id, 'stdout', 'listening\n');
    expect(await matches()).toBe(true);
  });

  it('a follow that breaks is begun again', async () => {
    use({ kind: 'log', pattern: 'listening' });
    expect(await matches()).toBe(false);
    fake.goAway();
    fake.comeBack();
    fake.write(id, 'stdout', 'listening\n');
    await until(async () => expect(await matches()).toBe(true));
  });
});
