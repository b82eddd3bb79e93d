/** Much at once, on a real engine: in the end every agent is what its container is, and nothing is left over. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import type { AgentState } from '#lib/domain/agent-state.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';
import { person } from '../testing/world.ts';

const WAIT = { wait: true };
const SEED = Number(process.env['SLIPWAY_TEST_SEED'] ?? 20_261_121);

/** mulberry32: the same numbers for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What a state says of the container. */
const CONTAINER: Readonly<Partial<Record<AgentState, readonly string[]>>> = {
  ready: ['running'],
  paused: ['paused'],
  stopped: ['exited', 'created'],
  crashed: ['exited'],
  exited: ['exited'],
};

describe.skipIf(NO_ENGINE !== undefined)('much at once on a real engine', () => {
  let real: RealApp;
  beforeAll(async () => {
    real = await realApp();
  }, 60_000);
  afterAll(() => real.close(), 120_000);

  const agents = () => real.app.services.agents;
  const spawn = (name: string, command = ['sleep', '1000']) =>
    agents().spawn(
      real.admin,
      { type: 'custom', image: real.image, name, command, networks: ['bridge'] },
      WAIT,
    );

  /** Database and engine say the same, for every agent and every container of ours. */
  async function agree(): Promise<void> {
    const containers = new Map((await real.engine.listContainers()).map((each) => [each.id, each]));
    const known = agents().list(real.admin);
    const problems = known.flatMap((agent) => {
      const container = containers.get(agent.containerId ?? '');
      containers.delete(agent.containerId ?? '');
      const wanted = CONTAINER[agent.state] ?? [];
      if (agent.state === 'failed' && container === undefined) return [];
      return container !== undefined && wanted.includes(container.status)
        ? []
        : [
            `${agent.name} is ${agent.state} (${agent.reason ?? ''}) and its container ${container?.status ?? 'gone'}`,
          ];
    });
    const ghosts = [...containers.values()].filter(
      (each) => each.image === real.image || each.name.includes(real.run),
    );
    expect([...problems, ...ghosts.map((each) => `${each.name} is nobody's (${each.status})`)]).toEqual([]);
  }

  it('fifty spawns sent at once end as fifty agents or as errors, and leave no ghosts', async () => {
    let atOnce = 0;
    let most = 0;
    const making = new Set<string>();
    const stop = real.app.bus.on('facts', (facts) => {
      for (const fact of facts) {
        if (fact.kind !== 'agent') continue;
        if (['preparing', 'creating'].includes(fact.agent.state)) making.add(fact.agent.id);
        else making.delete(fact.agent.id);
        atOnce = making.size;
        most = Math.max(most, atOnce);
      }
    });
    // every tenth has a command that is not there, every seventh the name of the one before
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) =>
        spawn(
          `many-${n % 7 === 6 ? n - 1 : n}-${real.run}`,
          n % 10 === 9 ? ['no-such-program'] : ['sleep', '1000'],
        ),
      ),
    );
    stop();
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(refused.every((each) => each instanceof AppError)).toBe(true);
    expect(new Set(refused.map((each) => (each instanceof AppError ? each.code : '')))).toEqual(
      new Set(['VALIDATION', 'NAME_TAKEN']),
    );
    expect(most).toBeLessThanOrEqual(4);
    await agree();
    const left = agents().list(real.admin);
    await Promise.all(
      left.map((agent) => agents().remove(real.admin, agent.id, { force: true, timeout: 0 }, WAIT)),
    );
    await agree();
  }, 120_000);

  it(`two hundred commands of several people and the docker CLI leave both in agreement (seed ${SEED})`, async () => {
    const random = numbers(SEED);
    const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)] as Item;
    const made = await Promise.all(Array.from({ length: 10 }, (_, n) => spawn(`chaos-${n}-${real.run}`)));
    const people = [person('operator', 'olga'), person('operator', 'otto'), real.admin];
    const names = () =>
      agents()
        .list(real.admin)
        .map((agent) => agent.name);
    let renamed = 0;
    const bySlipway = [
      (id: string) => agents().stop(pick(people), id, { timeout: 0 }, WAIT),
      (id: string) => agents().start(pick(people), id, WAIT),
      (id: string) => agents().restart(pick(people), id, { timeout: 0 }, WAIT),
      (id: string) => agents().kill(pick(people), id, { signal: 'KILL' }),
      (id: string) => agents().pause(pick(people), id),
      (id: string) => agents().resume(pick(people), id),
      (id: string) => agents().rename(pick(people), id, { name: `chaos-r${(renamed += 1)}-${real.run}` }),
      (id: string) => agents().stop(pick(people), id, { timeout: 0, delay: Math.floor(random() * 400) }),
      (id: string) => Promise.resolve(agents().cancel(pick(people), id)),
      (id: string) => agents().remove(pick(people), id, { force: true, timeout: 0 }, WAIT),
    ];
    const byCli = [
      (id: string) => real.docker('stop', '-t', '0', id),
      (id: string) => real.docker('start', id),
      (id: string) => real.docker('kill', id),
      (id: string) => real.docker('pause', id),
      (id: string) => real.docker('unpause', id),
      (id: string) => real.docker('restart', '-t', '0', id),
    ];
    const strange: unknown[] = [];
    const commands = Array.from({ length: 200 }, (_, n) => {
      const target = pick(made);
      const outside = random() < 0.3;
      // one removal in forty, or there would soon be nobody left
      const verb = outside ? pick(byCli) : pick(n % 40 === 39 ? bySlipway : bySlipway.slice(0, -1));
      const wait = Math.floor(random() * 8_000);
      return async () => {
        await new Promise((resolve) => setTimeout(resolve, wait));
        try {
          await verb(outside ? (target.containerId ?? '') : target.id);
        } catch (error) {
          if (!outside && !(error instanceof AppError)) strange.push(error);
        }
      };
    });
    await Promise.all(commands.map((run) => run()));
    expect(strange).toEqual([]);
    // events, countdowns and running operations come to rest
    await expect
      .poll(
        async () => {
          const busy = real.app.services.operations
            .list(real.admin, 500)
            .filter((each) => each.state === 'running');
          if (busy.length > 0) return `${busy.length} operations run`;
          return agree().then(
            () => 'agree',
            (error: unknown) => String(error),
          );
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe('agree');
    expect(names().length).toBeGreaterThan(0);
    expect(new Set(names()).size).toBe(names().length);
  }, 120_000);
});
