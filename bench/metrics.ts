/**
 * What it costs to watch running containers in the list: CPU of the engine and of Slipway together, against what `docker stats` of the same
 * containers costs the engine and itself. Slipway goes on while `docker stats` runs, so its own cost is taken off there.
 */
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { say } from '../scripts/say.mjs';
import { startFleet } from './agents.ts';
import { cpuMs, engineCpuMs } from './engine-cpu.ts';
import type { PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';
import { mean } from './statistics.ts';
import { openWatchers } from './watchers.ts';

export interface MetricsOptions extends SiteOptions {
  readonly agents: number;
  readonly seconds: number;
  readonly rounds: number;
}

interface Cost {
  readonly engine: number;
  readonly program: number;
}

export async function measureMetrics(options: MetricsOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    await startFleet(site, options.agents);
    const watchers = await openWatchers(site.url, 1);
    const ms = options.seconds * 1000;
    const slipway: Cost[] = [];
    const stats: Cost[] = [];
    try {
      for (let round = 0; round < options.rounds; round += 1) {
        say(`watching ${options.agents} agents for ${options.seconds} s, then with docker stats beside it`);
        slipway.push(await costOf(site, ms, () => site.serverCpuMs()));
        stats.push(await withDockerStats(site, ms));
      }
    } finally {
      watchers.close();
    }
    if (watchers.pulses() === 0) throw new Error('the list got no figures');
    const ours = mean(slipway.map(({ engine, program }) => engine + program));
    const engineAlone = mean(slipway.map(({ engine }) => engine));
    const theirs = mean(stats.map(({ engine, program }) => engine - engineAlone + program));
    const share = (cpu: number) => (cpu / ms) * 100;
    return {
      figures: [
        { what: 'engine and Slipway, of one core', value: share(ours), unit: '%' },
        { what: '  of which the engine', value: share(engineAlone), unit: '%' },
        { what: 'engine and docker stats, of one core', value: share(theirs), unit: '%' },
        { what: 'Slipway over docker stats', value: ours / theirs, unit: 'x', atMost: 0.5 },
      ],
      samples: {
        slipwayEngine: slipway.map(({ engine }) => engine),
        slipway: slipway.map(({ program }) => program),
        statsEngine: stats.map(({ engine }) => engine),
        stats: stats.map(({ program }) => program),
      },
      details: { ms, pulses: watchers.pulses() },
    };
  });
}

async function costOf(site: BenchSite, ms: number, programMs: () => number): Promise<Cost> {
  const before = { engine: engineCpuMs(site.engine.socket), program: programMs() };
  await delay(ms, undefined, { signal: site.signal });
  return {
    engine: engineCpuMs(site.engine.socket) - before.engine,
    program: programMs() - before.program,
  };
}

async function withDockerStats(site: BenchSite, ms: number): Promise<Cost> {
  const program = spawn('docker', ['-H', `unix://${site.engine.socket}`, 'stats'], { stdio: 'ignore' });
  const { pid } = program;
  if (pid === undefined) throw new Error('docker stats does not start');
  try {
    // its first figures take a moment
    await delay(3_000, undefined, { signal: site.signal });
    return await costOf(site, ms, () => cpuMs(pid));
  } finally {
    program.kill('SIGKILL');
  }
}
