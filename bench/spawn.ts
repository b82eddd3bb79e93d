/**
 * Until a container runs: through Slipway's API against `docker run --detach` of the same image with the same flags. Both alternate on one
 * engine, and change places from round to round; removals in between are not timed.
 */
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { say } from '../scripts/say.mjs';
import { removeAgent, spawnAgent, spawnSteps } from './agents.ts';
import { dockerRunWords, refuseDifference } from './docker-run.ts';
import type { Figure, PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';
import { mean, median, summarize } from './statistics.ts';

const WARM_UP_ROUNDS = 3;

export interface SpawnOptions extends SiteOptions {
  readonly pairs: number;
  /** Also times create and start alone, straight to the engine: what nobody can be faster than. */
  readonly floor: boolean;
}

/** Makes a container with this number, gives the milliseconds until it runs and whatever else it measured, and takes it away. */
type Contestant = (number: number) => Promise<Readonly<Record<string, number>>>;

const SPAWN = 'spawn by the API';
const DOCKER_RUN = 'docker run --detach';
const ALONE = 'create and start alone';
const CPU = 'CPU of the server for one spawn';
const STEP = '  step ';

export async function measureSpawn(options: SpawnOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    const { agent, body } = await showSameness(site);
    const floor = options.floor ? [engineAlone(site, body)] : [];
    const contestants = [slipway(site), dockerRun(site, agent), ...floor];
    const samples = new Map<string, number[]>();
    for (let round = -WARM_UP_ROUNDS; round < options.pairs; round += 1) {
      for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
        const found = Object.entries(await contestant(round + WARM_UP_ROUNDS));
        if (round >= 0) for (const [what, ms] of found) samples.set(what, [...(samples.get(what) ?? []), ms]);
      }
      if (round >= 0 && (round + 1) % 5 === 0) say(`spawn: ${round + 1} of ${options.pairs} pairs`);
    }
    return report(samples);
  });
}

interface Pattern {
  readonly agent: AgentDetailView;
  /** Of a create. */
  readonly body: object;
}

/** One of each kind, side by side. Throws when they differ; gives what makes more of them. */
async function showSameness(site: BenchSite): Promise<Pattern> {
  const { docker, engine } = site;
  const { agent } = await spawnAgent(site, { name: 'same-a' });
  await engine.cli(...dockerRunWords(agent, 'same-b'));
  await refuseDifference(docker, 'same-a', 'same-b');
  const { Config, HostConfig } = (await docker.json('/containers/same-b/json')) as {
    readonly Config: object;
    readonly HostConfig: object;
  };
  await removeAgent(site, agent);
  await removeContainer(site, 'same-b');
  return { agent, body: { ...Config, HostConfig } };
}

function slipway(site: BenchSite): Contestant {
  return async (number) => {
    const cpuBefore = site.serverCpuMs();
    const { agent, ms } = await spawnAgent(site, { name: `bench-a-${number}` });
    const cpu = site.serverCpuMs() - cpuBefore;
    const steps = [...(await spawnSteps(site, agent))].map(([step, took]) => [STEP + step, took] as const);
    await removeAgent(site, agent);
    return { [SPAWN]: ms, ...Object.fromEntries(steps), [CPU]: cpu };
  };
}

function dockerRun(site: BenchSite, agent: AgentDetailView): Contestant {
  return async (number) => {
    const name = `bench-b-${number}`;
    const words = dockerRunWords(agent, name);
    const started = performance.now();
    await site.engine.cli(...words);
    const ms = performance.now() - started;
    await removeContainer(site, name);
    return { [DOCKER_RUN]: ms };
  };
}

function engineAlone(site: BenchSite, body: object): Contestant {
  return async (number) => {
    const name = `bench-c-${number}`;
    const created = await site.docker.call(`/containers/create?name=${name}`, { method: 'POST', body });
    const started = await site.docker.call(`/containers/${name}/start`, { method: 'POST' });
    await removeContainer(site, name);
    return { [ALONE]: created.ms + started.ms };
  };
}

async function removeContainer({ docker }: BenchSite, name: string): Promise<void> {
  const facts = JSON.stringify(await docker.json(`/containers/${name}/json`));
  if (!facts.includes('"Running":true')) throw new Error(`${name} does not run`);
  await docker.call(`/containers/${name}?force=true&v=true`, { method: 'DELETE' });
}

function report(samples: ReadonlyMap<string, readonly number[]>): PartReport {
  const of = (what: string) => samples.get(what) ?? [];
  const ratio = median(of(SPAWN)) / median(of(DOCKER_RUN));
  const pairs = of(SPAWN).map((ms, index) => ms / (of(DOCKER_RUN)[index] ?? Number.NaN));
  const floor: readonly Figure[] = samples.has(ALONE)
    ? [
        { what: `${ALONE}, median`, value: median(of(ALONE)), unit: 'ms' },
        { what: 'spawn over that', value: median(of(SPAWN)) / median(of(ALONE)), unit: 'x' },
      ]
    : [];
  const steps = [...samples].filter(([what]) => what.startsWith(STEP));
  return {
    figures: [
      { what: `${SPAWN}, median`, value: median(of(SPAWN)), unit: 'ms' },
      { what: `${DOCKER_RUN}, median`, value: median(of(DOCKER_RUN)), unit: 'ms' },
      { what: 'ratio of the medians', value: ratio, unit: 'x', atMost: 1 },
      { what: 'median of the ratios, pair by pair', value: median(pairs), unit: 'x' },
      ...floor,
      ...steps.map(([what, values]): Figure => ({ what, value: median(values), unit: 'ms' })),
      // the kernel counts in steps of 10 ms: one value says nothing, their mean does
      { what: CPU, value: mean(of(CPU)), unit: 'ms' },
    ],
    samples: Object.fromEntries(samples),
    details: Object.fromEntries([...samples].map(([what, values]) => [what, summarize(values)])),
  };
}
