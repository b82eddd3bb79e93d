/** A large file sent to an agent and fetched from it: time, and growth of the server's memory; and folders with many entries. */
import { once } from 'node:events';
import http from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { say } from '../scripts/say.mjs';
import { spawnAgent } from './agents.ts';
import type { PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';
import { median } from './statistics.ts';

export interface FileOptions extends SiteOptions {
  /** MiB of the file. */
  readonly fileMib: number;
  /** In one folder. */
  readonly entries: number;
}

const LOOK_EVERY_MS = 50;
const PIECE = Buffer.alloc(1024 ** 2, 'slipway ');
const LISTINGS = 5;

export async function measureFiles(options: FileOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    const { agent } = await spawnAgent(site, { name: 'files' });
    const { hostname, port } = new URL(site.url);
    const api = `/api/agents/${agent.id}/files`;
    const request = (method: string, path: string, headers: http.OutgoingHttpHeaders = {}) => ({
      host: hostname,
      port,
      method,
      path: `${api}${path}`,
      headers: { origin: site.url, ...headers },
      signal: site.signal,
    });
    const bytes = options.fileMib * PIECE.length;
    const upload = (headers: http.OutgoingHttpHeaders) =>
      measured(site, () => send(request('PUT', '/content?path=/tmp/large', headers), options.fileMib));
    const type = { 'content-type': 'application/octet-stream' };
    const known = await upload({ ...type, 'content-length': bytes });
    say(`files: sent ${options.fileMib} MiB`);
    const unknown = await upload({ ...type, 'transfer-encoding': 'chunked' });
    say('files: sent without a length');
    const down = await measured(site, () => fetchAll(request('GET', '/content?path=/tmp/large')));
    const zip = await measured(site, () => fetchAll(request('GET', '/archive?path=/tmp/large&format=zip')));
    say('files: fetched');
    const fill = `mkdir /tmp/many; cd /tmp/many; seq 1 ${options.entries} | xargs touch`;
    await site.engine.cli('exec', agent.containerId ?? '', 'sh', '-c', fill);
    const listMs: number[] = [];
    for (let round = 0; round < LISTINGS; round += 1)
      listMs.push((await measured(site, () => fetchAll(request('GET', '?path=/tmp/many')))).ms);
    await site.engine.cli('exec', agent.containerId ?? '', 'rm', '/tmp/large');
    await site.engine.cli('stop', '--time', '0', agent.containerId ?? '');
    const stopped = await measured(site, () => fetchAll(request('GET', '?path=/tmp/many&fresh=true')));
    const moves = { known, unknown, down, zip };
    return {
      figures: [
        ...Object.entries(moves).flatMap(([name, { ms, growthKb }]) => [
          { what: `${WORDS[name] ?? name} of ${options.fileMib} MiB`, value: ms, unit: 'ms' as const },
          { what: '  growth of memory', value: growthKb, unit: 'kB' as const, under: 80_000 },
        ]),
        { what: `${options.entries} entries, running, median`, value: median(listMs), unit: 'ms' },
        { what: `${options.entries} entries, stopped`, value: stopped.ms, unit: 'ms' },
      ],
      samples: { listMs },
      details: moves,
    };
  });
}

const WORDS: Readonly<Record<string, string>> = {
  known: 'upload',
  unknown: 'upload without a length',
  down: 'download',
  zip: 'download as zip',
};

async function measured(site: BenchSite, work: () => Promise<void>) {
  const before = site.serverMemoryKb();
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, site.serverMemoryKb());
  }, LOOK_EVERY_MS);
  const started = performance.now();
  try {
    await work();
  } finally {
    clearInterval(looking);
  }
  return { ms: performance.now() - started, growthKb: most - before };
}

async function send(options: http.RequestOptions, pieces: number): Promise<void> {
  const request = http.request(options);
  const answered = once(request, 'response') as Promise<[http.IncomingMessage]>;
  const content = Readable.from(
    Array.from({ length: pieces }, () => PIECE),
    { objectMode: false },
  );
  await pipeline(content, request);
  await over((await answered)[0]);
}

async function fetchAll(options: http.RequestOptions): Promise<void> {
  const [response] = (await once(http.get(options), 'response')) as [http.IncomingMessage];
  await over(response);
}

/** The bytes are dropped. */
async function over(response: http.IncomingMessage): Promise<void> {
  if (response.statusCode !== 200) throw new Error(`the server answered ${response.statusCode ?? 0}`);
  response.resume();
  await once(response, 'end');
}
