/**
 * Many containers at once: all sent together through Slipway's API, against as many `docker run --detach` started together. Timed from the
 * first request until the last one runs; both kinds alternate on one engine, and removals in between are not timed.
 */
import { say } from '../scripts/say.mjs';
import { removeAgent, spawnAgent } from './agents.ts';
import { dockerRunWords } from './docker-run.ts';
import type { PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';
import { median, summarize } from './statistics.ts';

export interface ParallelOptions extends SiteOptions {
  /** Containers in one round. */
  readonly together: number;
  readonly rounds: number;
}

/** Gives the milliseconds until the last of a round runs, and takes all of them away. */
type Round = (round: number) => Promise<number>;

export async function measureParallel(options: ParallelOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    const slipway = roundOfSlipway(site, options.together);
    const docker = await roundOfDocker(site, options.together);
    const times = { slipway: [] as number[], docker: [] as number[] };
    for (let round = -1; round < options.rounds; round += 1) {
      const order = round % 2 === 0 ? (['slipway', 'docker'] as const) : (['docker', 'slipway'] as const);
      for (const kind of order) {
        const ms = await (kind === 'slipway' ? slipway : docker)(round + 1);
        if (round >= 0) times[kind].push(ms);
      }
      if (round >= 0) say(`parallel: ${round + 1} of ${options.rounds} rounds`);
    }
    return {
      figures: [
        { what: `${options.together} spawns at once, median`, value: median(times.slipway), unit: 'ms' },
        { what: `${options.together} docker run at once, median`, value: median(times.docker), unit: 'ms' },
        {
          what: 'ratio of the medians',
          value: median(times.slipway) / median(times.docker),
          unit: 'x',
          atMost: 1.1,
        },
      ],
      samples: times,
      details: { slipway: summarize(times.slipway), docker: summarize(times.docker) },
    };
  });
}

function roundOfSlipway(site: BenchSite, together: number): Round {
  return async (round) => {
    const started = performance.now();
    const made = await Promise.all(
      Array.from({ length: together }, (_, n) => spawnAgent(site, { name: `many-a-${round}-${n}` })),
    );
    const ms = performance.now() - started;
    await Promise.all(made.map(({ agent }) => removeAgent(site, agent)));
    return ms;
  };
}

async function roundOfDocker(site: BenchSite, together: number): Promise<Round> {
  const { agent } = await spawnAgent(site, { name: 'pattern' });
  await removeAgent(site, agent);
  return async (round) => {
    const names = Array.from({ length: together }, (_, n) => `many-b-${round}-${n}`);
    const started = performance.now();
    await Promise.all(names.map((name) => site.engine.cli(...dockerRunWords(agent, name))));
    const ms = performance.now() - started;
    await Promise.all(
      names.map((name) => site.docker.call(`/containers/${name}?force=true&v=true`, { method: 'DELETE' })),
    );
    return ms;
  };
}
