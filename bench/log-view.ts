/**
 * The log of an agent in a real browser while it writes: how long its page is held up, what it keeps in memory, and how late a line is on screen,
 * beside `docker logs -f` of the same container. Lines carry the time at which they were written, by the kernel's clock.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type CDPSession, type Page } from '@playwright/test';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import playwright from '../playwright.config.ts';
import { say } from '../scripts/say.mjs';
import { removeAgent, spawnAgent } from './agents.ts';
import type { Figure, PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';
import { quantile } from './statistics.ts';

export interface LogViewOptions extends SiteOptions {
  /** Of writing at each rate. */
  readonly seconds: number;
  /** Lines that are written at once. */
  readonly flood: number;
}

const FILL = 'the usual length of a line of output, with a word or two more so that it is about a hundred';
/** The kernel's clock, that every container shares, in hundredths of a second; it is read once for the lines of 50 ms. */
const WRITER = (rate: number, seconds: number) => `
i=0
while [ $i -lt ${seconds * 20} ]; do
  read up rest < /proc/uptime; j=0
  while [ $j -lt ${rate / 20} ]; do echo "$up $i $j ${FILL}"; j=$((j+1)); done
  i=$((i+1)); usleep 45000
done
echo the end; exec sleep infinity`;

export async function measureLogView(options: LogViewOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    await using stack = new AsyncDisposableStack();
    const browser = await chromium.launch({
      ...playwright.use?.launchOptions,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    stack.defer(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const figures: Figure[] = [];
    const samples: Record<string, readonly number[]> = {};
    for (const { rate, atMostMs } of [
      { rate: 1_000, atMostMs: 60 },
      { rate: 2_000, atMostMs: 100 },
    ]) {
      site.signal.throwIfAborted();
      say(`log-view: ${rate} lines a second`);
      const seen = await watch(site, page, rate, options.seconds);
      const what = `at ${rate.toLocaleString('en')} lines/s`;
      figures.push(
        {
          what: `write to screen ${what}, p95`,
          value: quantile(seen.latenciesMs, 0.95),
          unit: 'ms',
          atMost: atMostMs,
        },
        { what: `longest task ${what}`, value: Math.max(0, ...seen.longTasksMs), unit: 'ms', atMost: 50 },
        { what: `growth of the heap ${what}`, value: seen.growthKb, unit: 'kB', under: 50_000 },
        { what: `lines written ${what}, a second`, value: seen.writtenPerSecond, unit: '' },
      );
      samples[`latency ${what}`] = seen.latenciesMs;
      samples[`long tasks ${what}`] = seen.longTasksMs;
    }
    say(`log-view: ${options.flood} lines at once`);
    const flood = await floodBoth(site, page, options.flood);
    figures.push(
      { what: 'a flood on screen', value: flood.screenMs, unit: 'ms' },
      { what: 'the same in docker logs -f', value: flood.dockerMs, unit: 'ms' },
      {
        what: 'flood against docker logs -f',
        value: flood.screenMs / flood.dockerMs,
        unit: 'x',
        atMost: 1.3,
      },
    );
    return { figures, samples, details: { browser: browser.version() } };
  });
}

async function watch(site: BenchSite, page: Page, rate: number, seconds: number) {
  const gate = 'while [ ! -e /tmp/go ]; do usleep 100000; done';
  const { agent } = await spawnAgent(site, {
    name: `bench-log-${rate}`,
    command: ['sh', '-c', `${gate}${WRITER(rate, seconds)}`],
    resources: { cpu: 1 },
  });
  const session = await openLog(site, page, agent);
  const before = await heapKb(session);
  await page.evaluate(observe, bootedAtMs());
  const began = performance.now();
  await site.engine.cli('exec', agent.containerId ?? '', 'touch', '/tmp/go');
  await page
    .getByRole('log')
    .getByText('the end', { exact: true })
    .waitFor({ timeout: seconds * 4_000 });
  const tookSeconds = (performance.now() - began) / 1_000;
  const { latenciesMs, longTasksMs } = await page.evaluate(observed);
  const growthKb = (await heapKb(session)) - before;
  await session.detach();
  await removeAgent(site, agent);
  return { latenciesMs, longTasksMs, growthKb, writtenPerSecond: Math.round((rate * seconds) / tookSeconds) };
}

async function openLog(site: BenchSite, page: Page, agent: AgentDetailView): Promise<CDPSession> {
  await page.goto(`${site.url}/agents/${agent.id}`);
  await page.getByRole('toolbar', { name: 'Log' }).getByText('Live', { exact: true }).waitFor();
  await delay(1_000, undefined, { signal: site.signal });
  return page.context().newCDPSession(page);
}

/** After a collection, so that only what is held counts. */
async function heapKb(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1_000;
}

/** When the kernel's clock began, in milliseconds since 1970. */
function bootedAtMs(): number {
  return Date.now() - Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000;
}

interface Observing {
  benchLog?: { latenciesMs: number[]; longTasksMs: number[] };
}

/** In the page: after each frame, how old the newest line on screen is when it is new there; and what held the page up. */
function observe(bootedAtMs: number): void {
  const kept = { latenciesMs: [] as number[], longTasksMs: [] as number[] };
  (globalThis as Observing).benchLog = kept;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) kept.longTasksMs.push(entry.duration);
  }).observe({ type: 'longtask' });
  const rows = document.querySelector('[role=log] .log-rows');
  let last = '';
  const look = () => {
    const text = rows?.lastElementChild?.querySelector('.tx')?.textContent ?? '';
    const written = Number(/^(\d+\.\d\d) /.exec(text)?.[1]);
    if (text !== last && written > 0)
      kept.latenciesMs.push(performance.timeOrigin + performance.now() - bootedAtMs - written * 1_000);
    last = text;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

function observed(): { latenciesMs: number[]; longTasksMs: number[] } {
  return (globalThis as Observing).benchLog ?? { latenciesMs: [], longTasksMs: [] };
}

/** Both watch the same container. The last line counts, in milliseconds after the start of the flood. */
async function floodBoth(site: BenchSite, page: Page, count: number) {
  const { agent } = await spawnAgent(site, {
    name: 'bench-log-flood',
    command: [
      'sh',
      '-c',
      `while [ ! -e /tmp/go ]; do usleep 100000; done; yes '${FILL}' | head -n ${count}; echo the end; exec sleep infinity`,
    ],
    resources: { cpu: 1 },
  });
  const session = await openLog(site, page, agent);
  const follower = spawn(
    'docker',
    ['-H', `unix://${site.engine.socket}`, 'logs', '-f', agent.containerId ?? ''],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  try {
    let tail = '';
    const docker = new Promise<number>((resolve) => {
      follower.stdout.on('data', (bytes: Buffer) => {
        tail = (tail + bytes.subarray(-64).toString('latin1')).slice(-64);
        if (tail.includes('the end')) resolve(performance.now());
      });
    });
    const screen = page
      .getByRole('log')
      .getByText('the end', { exact: true })
      .waitFor({ timeout: 120_000 })
      .then(() => performance.now());
    const began = performance.now();
    await site.engine.cli('exec', agent.containerId ?? '', 'touch', '/tmp/go');
    const [dockerAt, screenAt] = await Promise.all([docker, screen]);
    return { dockerMs: dockerAt - began, screenMs: screenAt - began };
  } finally {
    follower.kill();
    await session.detach();
    await removeAgent(site, agent);
  }
}
