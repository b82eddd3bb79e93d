import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, person, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const MIB = 1024 ** 2;
const WAIT = { wait: true };
type Input = Readonly<Record<string, unknown>>;
let world: TestWorld;
let agents: TestWorld['services']['agents'];
beforeEach(async () => {
  world = await makeWorld({ watched: true });
  agents = world.services.agents;
});
afterEach(async () => {
  await world.services.crashes.close();
  expect(world.bugs).toEqual([]);
  expect(world.broken).toEqual([]);
  await finish(world.close());
});

const spawn = async (input: Input = {}): Promise<AgentDetailView> => {
  const made = await finish(world.spawn({ name: 'one', tty: false, ...input }));
  await pass(1_000);
  return made;
};
const reports = () => world.services.crashes.ofAgent(world.admin, 'one');
const crash = async (agent: AgentDetailView, code = 3) => {
  const before = reports().length;
  world.fake.exit(containerOf(agent), code);
  await until(() => expect(reports()).toHaveLength(Math.min(before + 1, 10)));
};
const failure = (work: Promise<unknown>) =>
  finish(
    work.then(
      () => null,
      (error: unknown) => error,
    ),
  );

describe('a report', () => {
  it('holds what was still to be had: output, changes, figures and the verdict', async () => {
    const one = await spawn();
    const id = containerOf(one);
    world.fake.write(id, 'stdout', 'working\n');
    world.fake.write(id, 'stderr', 'last words\n');
    world.fake.change(id, [{ path: '/new', kind: 'added' }]);
    const sample = {
      cpu: 1,
      memory: 1,
      memoryLimit: null,
      netRx: null,
      netTx: null,
      pids: 1,
      blockRead: null,
      blockWrite: null,
      throttled: null,
    };
    world.pulses.sample(one.id, { at: Date.now() - 400_000, ...sample });
    world.pulses.sample(one.id, { at: Date.now(), ...sample });
    await crash(one);
    const [report] = reports();
    expect(report).toMatchObject({
      agentId: one.id,
      containerId: id,
      verdict: { cause: 'exit', exitCode: 3, oomKilled: false, stoppedBy: 'nobody' },
      lines: [{ text: 'working' }, { text: 'last words', stream: 'stderr' }],
      changes: [{ path: '/new', kind: 'added' }],
      changesTotal: 1,
      processes: null,
    });
    expect(report?.samples).toHaveLength(1);
  });

  it('tells memory from other ends, with the limit', async () => {
    const one = await spawn({ resources: { memory: 64 * MIB } });
    world.fake.exit(containerOf(one), 137, { oom: true });
    await until(() => expect(reports()).toMatchObject([{ verdict: { cause: 'oom', exitCode: 137 } }]));
    expect(reports()[0]?.verdict.text).toContain('64 MiB');
  });

  it('keeps at most 500 lines and 1,000 changes, and says how many there were', async () => {
    const one = await spawn();
    const id = containerOf(one);
    world.fake.write(id, 'stdout', Array.from({ length: 700 }, (_, n) => `line ${n}\n`).join(''));
    world.fake.change(
      id,
      Array.from({ length: 1_500 }, (_, n) => ({ path: `/f${n}`, kind: 'added' as const })),
    );
    await crash(one);
    const [report] = reports();
    expect(report?.lines).toHaveLength(500);
    expect(report?.lines.at(-1)?.text).toBe('line 699');
    expect(report?.changes).toHaveLength(1_000);
    expect(report?.changesTotal).toBe(1_500);
  });

  it('is written with what can be had when the rest is refused', async () => {
    const one = await spawn();
    world.fake.write(containerOf(one), 'stdout', 'last words\n');
    world.fake.failNext('changes', new EngineRefusal(500, 'layer not known'));
    await crash(one);
    expect(reports()[0]).toMatchObject({ changes: null, changesTotal: 0, lines: [{ text: 'last words' }] });
  });

  it('is written when the engine goes away at once', async () => {
    const one = await spawn();
    world.fake.goAway();
    const end = { kind: 'exited', exitCode: 3, oomKilled: false, by: 'itself' } as const;
    world.records.observe(world.row(one.id).id, end);
    await until(() => expect(reports()).toHaveLength(1));
    expect(reports()[0]).toMatchObject({ verdict: { cause: 'exit', exitCode: 3 }, lines: [], changes: null });
  });

  it('is written when the host is known to be away', async () => {
    const one = await spawn();
    world.fake.goAway();
    await until(() => expect(world.host.state).toBe('offline'), 20_000);
    const end = { kind: 'exited', exitCode: 137, oomKilled: true, by: 'itself' } as const;
    world.records.observe(world.row(one.id).id, end);
    await until(() => expect(reports()).toMatchObject([{ verdict: { cause: 'oom' }, lines: [] }]));
  });

  it('is written for each end under a restart policy', async () => {
    const script = 'sleep 2; echo bye; exit 4';
    await spawn({ restart: 'on-failure:2', command: ['sh', '-c', script] });
    await until(() => expect(world.agents.byName('one')?.state).toBe('crashed'), 20_000);
    await until(() => expect(reports().map(({ verdict }) => verdict.exitCode)).toEqual([4, 4, 4]));
  });

  it('is written for one that never became ready, with its processes', async () => {
    const wish = { name: 'one', readiness: { exec: ['false'], timeout: 2 } };
    expect(await failure(world.spawn(wish))).toMatchObject({ code: 'READY_TIMEOUT' });
    await until(() => expect(reports()).toHaveLength(1));
    expect(reports()[0]?.verdict).toMatchObject({ cause: 'start', exitCode: null });
    expect(reports()[0]?.verdict.text).toContain('It was not ready within 2 s');
    expect(reports()[0]?.processes?.[0]).toContain('PID');
    expect(reports()[0]?.processes).toHaveLength(2);
  });
});

describe('no report', () => {
  it.each<[string, (one: AgentDetailView) => unknown]>([
    ['a stop', (one) => agents.stop(world.admin, one.id, {}, WAIT)],
    ['a kill', (one) => agents.kill(world.admin, one.id)],
    ['a restart', (one) => agents.restart(world.admin, one.id, {}, WAIT)],
    ['a removal', (one) => agents.remove(world.admin, one.id, { force: true }, WAIT)],
    ['a recreate', (one) => agents.recreate(world.admin, one.id, {}, WAIT)],
    ['a stop from outside', (one) => world.fake.stopContainer(containerOf(one), 0)],
    ['a removal from outside', (one) => world.fake.removeContainer(containerOf(one), { force: true })],
  ])('is written of %s', async (_title, end) => {
    const one = await spawn();
    await finish(Promise.resolve(end(one)));
    await pass(5_000);
    expect(world.services.crashes.ofAgent(world.admin, one.id)).toEqual([]);
  });

  it('is written of a spawn that failed without leaving anything', async () => {
    await failure(world.spawn({ name: 'one', command: ['no-such-command'] }));
    await pass(1_000);
    expect(reports()).toEqual([]);
  });
});

describe('reports of an agent', () => {
  it('are the newest ten, newest first', async () => {
    const one = await spawn();
    for (let code = 1; code <= 12; code += 1) {
      await crash(one, code);
      await pass(1_000);
      await finish(agents.start(world.admin, one.id, WAIT));
      await pass(1_000);
    }
    expect(reports().map(({ verdict }) => verdict.exitCode)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    const { crashes } = world.services;
    expect(crashes.get(world.admin, 'one', 'latest').verdict.exitCode).toBe(12);
    expect(crashes.get(world.admin, 'one', reports()[3]?.id ?? '').verdict.exitCode).toBe(9);
  });

  it('that are not there are NOT_FOUND, and strangers see none', async () => {
    await spawn();
    const { crashes } = world.services;
    expect(() => crashes.get(world.admin, 'one', 'latest')).toThrow('There is no crash report "latest"');
    expect(() => crashes.ofAgent(world.admin, 'nobody')).toThrow('There is no agent "nobody"');
    expect(() => crashes.ofAgent(null, 'one')).toThrow('You are not signed in');
  });

  it('stay when it is removed', async () => {
    const one = await spawn();
    await crash(one);
    await finish(agents.remove(world.admin, one.id, {}, WAIT));
    expect(world.services.crashes.ofAgent(world.admin, one.id)).toHaveLength(1);
  });
});

describe('a copy of what it left', () => {
  const open = (actor = world.admin) => finish(world.services.crashes.openCopy(actor, 'one'));

  it('runs a shell on a snapshot, with read-only volumes and no ports', async () => {
    const one = await spawn({
      command: ['sleep', '999'],
      ports: ['8080:80'],
      restart: 'always',
      group: 'team',
      env: { A: '1' },
      volumes: ['data:/data', 'cache:/cache:rw'],
      sharedVolumes: [{ name: 'login', target: '/login' }],
      startArgs: [
        '-v',
        'extra:/extra',
        '--mount',
        'type=volume,src=more,dst=/more',
        '-p',
        '9090:90',
        '--init',
      ],
    });
    await finish(agents.stop(world.admin, one.id, { timeout: 0 }, WAIT));
    const copy = await open();
    await until(() => expect(agents.get(world.admin, copy.id).state).toBe('ready'));
    const { raw, ports } = await world.fake.inspectContainer(containerOf(agents.get(world.admin, copy.id)));
    expect(ports).toEqual([]);
    expect(raw['Config']).toMatchObject({ Entrypoint: ['/bin/sh'], Tty: true });
    const mounts = raw['HostConfig'] as { Mounts?: readonly unknown[]; Binds?: readonly unknown[] };
    expect(mounts.Binds ?? []).toEqual([]);
    expect(mounts.Mounts).toHaveLength(5);
    for (const mount of mounts.Mounts ?? []) expect(mount).toMatchObject({ Type: 'volume', ReadOnly: true });
    expect(agents.get(world.admin, copy.id)).toMatchObject({
      notes: 'A copy of what one left when it ended',
      spec: { env: { A: '1' }, ports: [], restart: { name: 'no' }, startArgs: ['--init'], pull: 'never' },
    });
    expect(agents.get(world.admin, copy.id).image).toMatch(/^slipway\/one:crash-\d{14}$/);
    expect(world.row(one.id).state).toBe('stopped');
  });

  it('is refused of one that runs, that left nothing, or that nobody knows', async () => {
    const one = await spawn();
    await expect(open()).rejects.toMatchObject({ code: 'CONFLICT', message: /it is ready/ });
    await finish(agents.remove(world.admin, one.id, { force: true }, WAIT));
    await expect(open()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await failure(world.spawn({ name: 'one', command: ['no-such-command'] }));
    await expect(open()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(world.services.snapshots.list(world.admin)).toEqual([]);
  });

  it('gives nobody more than he may have', async () => {
    const one = await spawn({ security: { privileged: true } });
    await crash(one);
    await expect(open(person('operator'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(open(person('viewer'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(world.services.snapshots.list(world.admin)).toEqual([]);
    expect((await open()).type).toBe('shell');
    await settled();
  });

  it('leaves nothing when the snapshot fails', async () => {
    await crash(await spawn());
    world.fake.failNext('commitContainer', new EngineRefusal(500, 'no space left on device'));
    await expect(open()).rejects.toThrow('no space left on device');
    expect(world.agents.list()).toHaveLength(1);
  });
});
