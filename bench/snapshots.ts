/**
 * A snapshot and a fork through Slipway's API, against `docker commit` and `docker run --detach` of what it gave. Both kinds alternate on one
 * engine and on the same container; what is taken away in between is not timed.
 */
import type { AgentDetailView, SnapshotView } from '#lib/protocol/views.ts';
import { say } from '../scripts/say.mjs';
import { removeAgent, spawnAgent } from './agents.ts';
import { dockerRunWords } from './docker-run.ts';
import type { PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';
import { median, summarize } from './statistics.ts';

export interface SnapshotOptions extends SiteOptions {
  /** Snapshots with a fork of each kind, after one to warm up. */
  readonly forks: number;
}

interface Taken {
  readonly commitMs: number;
  readonly runMs: number;
}

export async function measureSnapshots(options: SnapshotOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    const { agent } = await spawnAgent(site, { name: 'origin' });
    const times = {
      snapshot: [] as number[],
      fork: [] as number[],
      commit: [] as number[],
      run: [] as number[],
    };
    for (let round = -1; round < options.forks; round += 1) {
      const order = round % 2 === 0 ? (['slipway', 'docker'] as const) : (['docker', 'slipway'] as const);
      for (const kind of order) {
        const { commitMs, runMs } = await (kind === 'slipway' ? bySlipway : byDocker)(site, agent, round + 1);
        if (round < 0) continue;
        times[kind === 'slipway' ? 'snapshot' : 'commit'].push(commitMs);
        times[kind === 'slipway' ? 'fork' : 'run'].push(runMs);
      }
      if (round >= 0) say(`snapshots: ${round + 1} of ${options.forks} rounds`);
    }
    const ratio = (one: readonly number[], other: readonly number[]) => median(one) / median(other);
    return {
      figures: [
        { what: 'snapshot, median', value: median(times.snapshot), unit: 'ms' },
        { what: 'docker commit, median', value: median(times.commit), unit: 'ms' },
        {
          what: 'ratio of snapshot and commit',
          value: ratio(times.snapshot, times.commit),
          unit: 'x',
          atMost: 1.1,
        },
        { what: 'fork, median', value: median(times.fork), unit: 'ms' },
        { what: 'docker run, median', value: median(times.run), unit: 'ms' },
        { what: 'ratio of fork and run', value: ratio(times.fork, times.run), unit: 'x', atMost: 1.1 },
      ],
      samples: times,
      details: Object.fromEntries(Object.entries(times).map(([name, each]) => [name, summarize(each)])),
    };
  });
}

async function bySlipway(site: BenchSite, agent: AgentDetailView, round: number): Promise<Taken> {
  const taken = await site.slipway.call(`/api/agents/${agent.id}/snapshots`, {
    method: 'POST',
    body: { name: `round-${round}` },
  });
  const snapshot = JSON.parse(taken.body.toString()) as SnapshotView;
  const forked = await site.slipway.call(`/api/snapshots/${snapshot.id}/fork?wait=true`, {
    method: 'POST',
    body: { name: `fork-${round}` },
  });
  const { agents } = JSON.parse(forked.body.toString()) as { readonly agents: readonly AgentDetailView[] };
  for (const each of agents) await removeAgent(site, each);
  await site.slipway.call(`/api/snapshots/${snapshot.id}?untag=true`, { method: 'DELETE' });
  return { commitMs: taken.ms, runMs: forked.ms };
}

async function byDocker(site: BenchSite, agent: AgentDetailView, round: number): Promise<Taken> {
  const image = `bench-commit:round-${round}`;
  const commitMs = await timed(() => site.engine.cli('commit', agent.containerId ?? '', image));
  const name = `bench-run-${round}`;
  const words = dockerRunWords({ ...agent, spec: { ...agent.spec, image } }, name);
  const runMs = await timed(() => site.engine.cli(...words));
  await site.docker.call(`/containers/${name}?force=true&v=true`, { method: 'DELETE' });
  await site.docker.call(`/images/${image}?force=true`, { method: 'DELETE' });
  return { commitMs, runMs };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
