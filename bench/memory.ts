/** What the server has in memory while agents print and pages are open, and whether that grows. */
import { setTimeout as delay } from 'node:timers/promises';
import { say } from '../scripts/say.mjs';
import { startFleet } from './agents.ts';
import type { PartReport } from './report.ts';
import { withSite, type SiteOptions } from './site.ts';
import { mean } from './statistics.ts';
import { openWatchers } from './watchers.ts';

export interface MemoryOptions extends SiteOptions {
  readonly agents: number;
  readonly pages: number;
  readonly minutes: number;
}

const LOOK_MS = 5_000;
/** One line a second, and one in twenty an error. */
const PRINTS = [
  'sh',
  '-c',
  'i=0; while true; do i=$((i+1)); echo "step $i of a job that goes on and on, all is well"; [ $((i%20)) = 0 ] && echo "ERROR: step $i failed"; sleep 1; done',
];

export async function measureMemory(options: MemoryOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    const names = await startFleet(site, options.agents, PRINTS);
    const { agents } = (await site.slipway.json('/api/agents')) as {
      readonly agents: readonly { readonly id: string }[];
    };
    const watchers = await openWatchers(
      site.url,
      options.pages,
      agents.map(({ id }) => id),
    );
    say(`${names.length} agents print, ${options.pages} pages are open, for ${options.minutes} min`);
    const seen: number[] = [];
    try {
      const looks = Math.max(4, Math.round((options.minutes * 60_000) / LOOK_MS));
      for (let look = 0; look < looks; look += 1) {
        await delay(LOOK_MS, undefined, { signal: site.signal });
        seen.push(site.serverMemoryKb());
      }
    } finally {
      watchers.close();
    }
    // the first quarter is the start: caches fill, code is made fast
    const settled = seen.slice(Math.floor(seen.length / 4));
    const half = Math.floor(settled.length / 2);
    const growth = mean(settled.slice(half)) - mean(settled.slice(0, half));
    const minutes = (half * LOOK_MS) / 60_000;
    return {
      figures: [
        { what: 'memory at most', value: Math.max(...seen), unit: 'kB', under: 250_000 },
        { what: 'memory at the end', value: seen.at(-1) ?? 0, unit: 'kB' },
        { what: 'growth in a minute', value: growth / minutes, unit: 'kB', under: 500 },
      ],
      samples: { memoryKb: seen },
      details: { pulses: watchers.pulses() },
    };
  });
}
