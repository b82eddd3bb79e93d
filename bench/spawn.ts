/**
 * Until a container runs: through Slipway's API against `docker run --detach` of the same image with the same flags. Both alternate on one
 * engine, and change places from round to round; removals in between are not timed.
 */
import { say } from '../scripts/say.mjs';
import { removeAgent, spawnAgent, spawnSteps } from './agents.ts';
import { dockerRunWords, refuseDifference } from './docker-run.ts';
import type { PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';
import { median, summarize } from './statistics.ts';

const WARM_UP_ROUNDS = 3;

export interface SpawnOptions extends SiteOptions {
  readonly pairs: number;
  /** Also times create and start alone, straight to the engine: what nobody can be faster than. */
  readonly floor: boolean;
}

interface Contestant {
  readonly name: string;
  /** Makes one, gives the milliseconds until it runs, and takes it away. */
  readonly once: (round: number) => Promise<number>;
}

export async function measureSpawn(options: SpawnOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    const steps = new Map<string, number[]>();
    const contestants = await prepare(site, options.floor, steps);
    const times = new Map(contestants.map(({ name }) => [name, [] as number[]]));
    for (let round = -WARM_UP_ROUNDS; round < options.pairs; round += 1) {
      if (round === 0) for (const values of steps.values()) values.length = 0;
      for (const { name, once } of round % 2 === 0 ? contestants : contestants.toReversed()) {
        const ms = await once(round);
        if (round >= 0) times.get(name)?.push(ms);
      }
      if (round >= 0 && (round + 1) % 5 === 0) say(`spawn: ${round + 1} of ${options.pairs} pairs`);
    }
    return report(times, steps);
  });
}

/** One of each kind beside the other shows that they are the same; then the contestants. */
async function prepare(
  site: BenchSite,
  floor: boolean,
  steps: Map<string, number[]>,
): Promise<readonly Contestant[]> {
  const { agent } = await spawnAgent(site, { name: 'same-a' });
  const [, ...words] = dockerRunWords(agent, 'same-b');
  await site.engine.cli(...words);
  await refuseDifference(site.docker, 'same-a', 'same-b');
  const body = await createBody(site, 'same-a');
  await removeAgent(site, agent);
  await removeContainer(site, 'same-b');

  const slipway = async (round: number) => {
    const { agent: made, ms } = await spawnAgent(site, { name: nameOf('a', round) });
    for (const [step, took] of await spawnSteps(site, made))
      steps.set(step, [...(steps.get(step) ?? []), took]);
    await removeAgent(site, made);
    return ms;
  };
  const dockerRun = async (round: number) => {
    const name = nameOf('b', round);
    const [, ...flags] = dockerRunWords(agent, name);
    const started = performance.now();
    await site.engine.cli(...flags);
    const ms = performance.now() - started;
    await removeContainer(site, name);
    return ms;
  };
  const engineAlone = async (round: number) => {
    const name = nameOf('c', round);
    const created = await site.docker.call(`/containers/create?name=${name}`, { method: 'POST', body });
    const begun = await site.docker.call(`/containers/${name}/start`, { method: 'POST' });
    await removeContainer(site, name);
    return created.ms + begun.ms;
  };
  return [
    { name: 'slipway', once: slipway },
    { name: 'docker run', once: dockerRun },
    ...(floor ? [{ name: 'engine alone', once: engineAlone }] : []),
  ];
}

/** What makes one like it, from what the engine says of it. */
async function createBody({ docker }: BenchSite, name: string): Promise<object> {
  const { Config, HostConfig } = (await docker.json(`/containers/${name}/json`)) as {
    readonly Config: object;
    readonly HostConfig: object;
  };
  return { ...Config, Labels: {}, HostConfig };
}

async function removeContainer({ docker }: BenchSite, name: string): Promise<void> {
  const facts = await docker.json(`/containers/${name}/json`);
  if (!JSON.stringify(facts).includes('"Running":true')) throw new Error(`${name} does not run`);
  await docker.call(`/containers/${name}?force=true&v=true`, { method: 'DELETE' });
}

function nameOf(letter: string, round: number): string {
  return `bench-${letter}-${String(round + WARM_UP_ROUNDS).padStart(3, '0')}`;
}

function report(
  times: ReadonlyMap<string, readonly number[]>,
  steps: ReadonlyMap<string, readonly number[]>,
): PartReport {
  const [slipway = [], docker = [], engine] = [...times.values()];
  const pairs = slipway.map((ms, index) => ms / (docker[index] ?? Number.NaN));
  return {
    figures: [
      { what: 'spawn by the API, median', value: median(slipway), unit: 'ms' },
      { what: 'docker run --detach, median', value: median(docker), unit: 'ms' },
      { what: 'ratio of the medians', value: median(slipway) / median(docker), unit: 'x', atMost: 1 },
      { what: 'median of the ratios, pair by pair', value: median(pairs), unit: 'x' },
      ...(engine === undefined
        ? []
        : [
            { what: 'create and start alone, median', value: median(engine), unit: 'ms' } as const,
            {
              what: 'spawn over create and start',
              value: median(slipway) / median(engine),
              unit: 'x',
            } as const,
          ]),
      ...[...steps].map(
        ([step, values]) => ({ what: `  step ${step}`, value: median(values), unit: 'ms' }) as const,
      ),
    ],
    samples: Object.fromEntries(times),
    details: Object.fromEntries([...times].map(([name, values]) => [name, summarize(values)])),
  };
}
