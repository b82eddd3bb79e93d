/** A large snapshot as a file: how long it takes, and how much memory Slipway needs for it, against the same image straight from the engine (`docker save`). */
import { once } from 'node:events';
import http from 'node:http';
import type { SnapshotView } from '#lib/protocol/views.ts';
import { say } from '../scripts/say.mjs';
import { spawnAgent } from './agents.ts';
import type { PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';
import { median } from './statistics.ts';

export interface ExportOptions extends SiteOptions {
  /** MiB that the agent has written, which no packing makes smaller. */
  readonly mib: number;
  readonly exports: number;
}

const LOOK_EVERY_MS = 50;

export async function measureExport(options: ExportOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    const { agent } = await spawnAgent(site, { name: 'large' });
    const write = `head -c ${options.mib * 1024 ** 2} /dev/urandom > /tmp/large`;
    await site.engine.cli('exec', agent.containerId ?? '', 'sh', '-c', write);
    const taken = await site.slipway.call(`/api/agents/${agent.id}/snapshots`, {
      method: 'POST',
      body: { name: 'large' },
    });
    const snapshot = JSON.parse(taken.body.toString()) as SnapshotView;
    const { hostname, port } = new URL(site.url);
    const saved = `/images/get?names=${encodeURIComponent(snapshot.image)}`;
    const samples = { exportMs: [] as number[], saveMs: [] as number[], growthKb: [] as number[] };
    for (let round = 0; round < options.exports; round += 1) {
      const before = site.serverMemoryKb();
      let most = before;
      const looking = setInterval(() => {
        most = Math.max(most, site.serverMemoryKb());
      }, LOOK_EVERY_MS);
      samples.exportMs.push(
        await download(site, { host: hostname, port, path: `/api/snapshots/${snapshot.id}/export` }),
      );
      clearInterval(looking);
      samples.growthKb.push(most - before);
      samples.saveMs.push(await download(site, { socketPath: site.engine.socket, path: saved }));
      say(`export: ${round + 1} of ${options.exports}`);
    }
    return {
      figures: [
        { what: `export of ${options.mib} MiB, median`, value: median(samples.exportMs), unit: 'ms' },
        { what: 'the same from the engine, median', value: median(samples.saveMs), unit: 'ms' },
        { what: 'growth of memory, most', value: Math.max(...samples.growthKb), unit: 'kB', under: 100_000 },
      ],
      samples,
      details: { size: snapshot.size },
    };
  });
}

/** Milliseconds until the last byte; the bytes are dropped. */
async function download({ signal }: BenchSite, from: http.RequestOptions): Promise<number> {
  const started = performance.now();
  const request = http.get({ ...from, signal });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${from.path ?? ''}: ${response.statusCode ?? 0}`);
  response.resume();
  await once(response, 'end');
  return performance.now() - started;
}
