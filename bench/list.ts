/**
 * The list of agents: the time of the server until its last byte, over one kept-alive connection, beside what the engine takes to list the
 * same containers (what a viewer without a memory of its own pays at least), and the proof that no request for it asks the engine.
 */
import { say } from '../scripts/say.mjs';
import { startFleet } from './agents.ts';
import { difference, total, type CallCounts, type EngineTap } from './engine-tap.ts';
import type { HttpClient } from './http-client.ts';
import type { Figure, PartReport } from './report.ts';
import { withTappedSite, type BenchSite, type SiteOptions } from './site.ts';
import { median, summarize } from './statistics.ts';

export interface ListOptions extends SiteOptions {
  readonly agents: number;
  readonly requests: number;
}

interface Address {
  readonly name: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly client: HttpClient;
}

const BLOCK = 20;
/** Well within the ten seconds between two measurings. */
const WINDOW_MS = 6_000;
const WINDOW_REQUESTS = 200;
const PATIENCE_MS = 30_000;
/** Of a request: background calls do not fall evenly into two windows. */
const STRAY_CALLS = 0.05;

export async function measureList(options: ListOptions): Promise<PartReport> {
  return withTappedSite(options, async (site, tap) => {
    await startFleet(site, options.agents);
    const addresses = addressesOf(site);
    const times = new Map(addresses.map(({ name }) => [name, [] as number[]]));
    const sizes = new Map<string, number>();
    for (const address of addresses) await ask(address, BLOCK); // warm
    for (let done = 0; done < options.requests; done += BLOCK) {
      // in blocks that alternate, so that what else the machine does meets all alike
      for (const address of addresses) {
        const answers = await ask(address, Math.min(BLOCK, options.requests - done));
        times.get(address.name)?.push(...answers.map(({ ms }) => ms));
        sizes.set(address.name, answers.at(-1)?.body.length ?? 0);
      }
    }
    const [page] = addresses;
    if (page === undefined) throw new Error('there is no page to ask for');
    const cpu = await cpuOf(site, page, options.requests);
    return report(times, sizes, cpu, await countCalls(site, tap, page));
  });
}

function addressesOf({ slipway, docker }: BenchSite): readonly Address[] {
  const browser = { 'accept-encoding': 'gzip, deflate, br, zstd' };
  const html = { accept: 'text/html', ...browser };
  return [
    { name: '/agents', path: '/agents', headers: html, client: slipway },
    { name: '/agents/__data.json', path: '/agents/__data.json', headers: browser, client: slipway },
    { name: '/api/agents', path: '/api/agents', headers: browser, client: slipway },
    { name: 'the engine', path: '/containers/json?all=true', headers: {}, client: docker },
  ];
}

/** One after the other. */
async function ask({ client, path, headers }: Address, times: number) {
  const answers = [];
  for (let n = 0; n < times; n += 1) answers.push(await client.call(path, { headers }));
  return answers;
}

async function cpuOf(site: BenchSite, page: Address, requests: number): Promise<number> {
  const before = site.serverCpuMs();
  await ask(page, requests);
  return (site.serverCpuMs() - before) / requests;
}

interface Calls {
  readonly busy: CallCounts;
  readonly idle: CallCounts;
  readonly requests: number;
}

/** Two windows of the same length at the same place between two measurings: one request after the other, and nobody asks for anything. */
async function countCalls({ signal }: BenchSite, tap: EngineTap, page: Address): Promise<Calls> {
  say('counting calls to the engine');
  await tap.untilMeasured(PATIENCE_MS, signal);
  const before = await tap.counts();
  const started = performance.now();
  let requests = 0;
  for (; requests < WINDOW_REQUESTS && performance.now() - started < WINDOW_MS; requests += 1)
    await ask(page, 1);
  const busy = difference(await tap.counts(), before);
  const length = performance.now() - started;
  await tap.untilMeasured(PATIENCE_MS, signal);
  return { busy, idle: await tap.during(length, signal), requests };
}

function report(
  times: ReadonlyMap<string, readonly number[]>,
  sizes: ReadonlyMap<string, number>,
  cpu: number,
  calls: Calls,
): PartReport {
  const [page = [], , , engine = []] = [...times.values()];
  const perRequest = Math.max(0, total(difference(calls.busy, calls.idle))) / calls.requests;
  const answers = [...times].flatMap(([name, values]): readonly Figure[] => [
    {
      what: name === 'the engine' ? 'the engine lists the same, p50' : `${name}, p50`,
      value: median(values),
      unit: 'ms',
      ...(name === '/agents' ? { under: 10 } : {}),
    },
    { what: '  size', value: (sizes.get(name) ?? 0) / 1000, unit: 'kB' },
  ]);
  return {
    figures: [
      ...answers,
      { what: '/agents over the engine', value: median(page) / median(engine), unit: 'x' },
      { what: 'CPU of the server for one /agents', value: cpu, unit: 'ms' },
      { what: 'calls to the engine for one /agents', value: perRequest, unit: '', under: STRAY_CALLS },
    ],
    samples: Object.fromEntries(times),
    details: {
      calls,
      summaries: Object.fromEntries([...times].map(([name, values]) => [name, summarize(values)])),
    },
  };
}
