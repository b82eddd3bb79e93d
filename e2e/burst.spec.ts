/** Many commands at once by several clients of the API and the docker CLI: in the end every agent is what its container is. Seeded. */
import type { AgentView, OperationView } from '#lib/protocol/views.ts';
import { quiet } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';

const SEED = Number(process.env['SLIPWAY_TEST_SEED'] ?? 20_261_121);
const COMMANDS = 200;
const SPREAD_MS = 8_000;

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
const CONTAINER: Readonly<Record<string, readonly string[]>> = {
  ready: ['running'],
  paused: ['paused'],
  stopped: ['exited', 'created'],
  crashed: ['exited'],
  exited: ['exited'],
};

test(`two hundred commands by several clients and the docker CLI leave Slipway and the engine in agreement (seed ${SEED})`, async ({
  api,
  engine,
}) => {
  const random = numbers(SEED);
  const pick = <Item>(list: readonly [Item, ...(readonly Item[])]): Item =>
    list[Math.floor(random() * list.length)] ?? list[0];
  const [first, ...others] = await Promise.all(
    Array.from({ length: 10 }, (_, n) => api.spawn({ name: `burst-${n}`, command: quiet })),
  );
  if (first === undefined) throw new Error('nothing was spawned');
  const made = [first, ...others] as const;
  const ours = async () => (await api.agents()).filter(({ name }) => name.startsWith('burst-'));
  let renamed = 0;
  const post = (verb: string, body: object = {}) => ({
    call: (id: string) => api.call('POST', `/api/agents/${id}/${verb}`, body),
  });
  const byApi = [
    () => post('stop', { timeout: 0 }),
    () => post('start'),
    () => post('restart', { timeout: 0 }),
    () => post('kill', { signal: 'KILL' }),
    () => post('pause'),
    () => post('resume'),
    () => post('rename', { name: `burst-r${(renamed += 1)}` }),
    () => post('stop', { timeout: 0, delay: 300 }),
    () => post('cancel'),
  ] as const;
  const removal = { call: (id: string) => api.call('DELETE', `/api/agents/${id}?force=true&timeout=0`) };
  const byCli: readonly [readonly string[], ...(readonly (readonly string[])[])] = [
    ['stop', '-t', '0'],
    ['start'],
    ['kill'],
    ['pause'],
    ['unpause'],
    ['restart', '-t', '0'],
  ];

  const statuses = new Map<number, number>();
  await Promise.all(
    Array.from({ length: COMMANDS }, async (_, n) => {
      const target = pick(made);
      const outside = random() < 0.3;
      const words = pick(byCli);
      // one removal in forty, or there would soon be nobody left
      const command = n % 40 === 39 ? removal : pick(byApi)();
      const wait = Math.floor(random() * SPREAD_MS);
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (outside) {
        // what makes no sense at that moment the engine refuses
        await engine.cli(...words, target.containerId ?? '').catch(() => undefined);
        return;
      }
      const { status } = await command.call(target.id);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }),
  );
  // each was done or refused with a reason
  expect([...statuses.keys()].filter((status) => ![200, 202, 204, 404, 409].includes(status))).toEqual([]);
  expect(statuses.get(200) ?? 0).toBeGreaterThan(20);

  const disagreements = async (): Promise<readonly string[]> => {
    const { body } = await api.call<{ operations: readonly OperationView[] }>('GET', '/api/operations');
    const busy = body.operations.filter(({ state }) => state === 'running');
    if (busy.length > 0) return [`${busy.length} operations run`];
    const listed = await engine.cli('ps', '-a', '--no-trunc', '--format', '{{.ID}} {{.State}} {{.Names}}');
    const containers = new Map(
      listed.split('\n').map((line) => {
        const [id = '', state = '', name = ''] = line.split(' ');
        return [id, { state, name }] as const;
      }),
    );
    const problems = (await ours()).flatMap((agent: AgentView) => {
      const container = containers.get(agent.containerId ?? '');
      containers.delete(agent.containerId ?? '');
      return container !== undefined && (CONTAINER[agent.state] ?? []).includes(container.state)
        ? []
        : [`${agent.name} is ${agent.state} and its container ${container?.state ?? 'gone'}`];
    });
    const ghosts = [...containers.values()].filter(({ name }) => name.includes('burst-'));
    return [...problems, ...ghosts.map(({ name }) => `${name} is nobody's`)];
  };
  await expect.poll(disagreements, { timeout: 30_000, intervals: [500] }).toEqual([]);
  const names = (await ours()).map(({ name }) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(new Set(names).size).toBe(names.length);
});
