/** Agents made through the API, as a script of an operator would. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentDetailView, OperationView } from '#lib/protocol/views.ts';
import { say } from '../scripts/say.mjs';
import type { BenchSite } from './site.ts';

/** An engine starts about seven containers a second, and no more for being asked for more at once. */
const AT_ONCE = 4;
const FIGURES_MS = 30_000;

export interface TimedSpawn {
  readonly agent: AgentDetailView;
  readonly ms: number;
}

/** Resolves when it runs. */
export async function spawnAgent(
  { slipway }: BenchSite,
  input: Readonly<Record<string, unknown>>,
): Promise<TimedSpawn> {
  const { body, ms } = await slipway.call('/api/agents?wait=true', {
    method: 'POST',
    body: { type: 'shell', ...input },
  });
  const agent = JSON.parse(body.toString()) as AgentDetailView;
  if (agent.state !== 'ready') throw new Error(`${agent.name} is ${agent.state}, not ready`);
  return { agent, ms };
}

export async function removeAgent({ slipway }: BenchSite, { id }: AgentDetailView): Promise<void> {
  await slipway.call(`/api/agents/${id}?force=true&timeout=0`, { method: 'DELETE' });
}

/** The steps of the spawn of an agent, in their order, in milliseconds. */
export async function spawnSteps(
  { slipway }: BenchSite,
  agent: AgentDetailView,
): Promise<ReadonlyMap<string, number>> {
  const { operations } = (await slipway.json('/api/operations')) as {
    readonly operations: readonly OperationView[];
  };
  const spawn = operations.find((each) => each.kind === 'spawn' && each.agentId === agent.id);
  if (spawn === undefined) throw new Error(`there is no operation that made ${agent.name}`);
  return new Map(spawn.steps.map((step) => [step.name, spanMs(step.startedAt, step.endedAt)]));
}

function spanMs(startedAt: string | null, endedAt: string | null): number {
  return startedAt === null || endedAt === null ? 0 : Date.parse(endedAt) - Date.parse(startedAt);
}

const IDLE = ['sh', '-c', 'echo up; exec sleep infinity'];

/** Running agents, which do nothing after a line of output unless told otherwise; resolves when the last of them has figures in the list. Gives their names. */
export async function startFleet(
  site: BenchSite,
  count: number,
  command: readonly string[] = IDLE,
): Promise<readonly string[]> {
  say(`starting ${count} agents`);
  const names = Array.from({ length: count }, (_, index) => `bench-${String(index + 1).padStart(3, '0')}`);
  const waiting = [...names];
  const started = performance.now();
  const starters = Array.from({ length: AT_ONCE }, async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      await spawnAgent(site, {
        name,
        command,
        resources: { memory: '16m', pids: 16 },
      });
    }
  });
  await Promise.all(starters);
  const seconds = (performance.now() - started) / 1000;
  say(`they run: ${seconds.toFixed(0)} s, ${(count / seconds).toFixed(1)} a second`);
  await untilMeasured(site, names.at(-1) ?? '');
  return names;
}

async function untilMeasured({ slipway, signal }: BenchSite, name: string): Promise<void> {
  const deadline = performance.now() + FIGURES_MS;
  for (;;) {
    const { cpu } = (await slipway.json(`/api/agents/${name}/metrics`)) as { readonly cpu: number | null };
    if (cpu !== null) return;
    if (performance.now() > deadline) throw new Error(`${name} has no figures after ${FIGURES_MS / 1000} s`);
    await delay(100, undefined, { signal });
  }
}
