/**
 * A first visit of the list in a real browser: what it loads until it is idle, and when it first paints something, beside a page with
 * nothing but a word on it (what the browser alone takes on this machine). Each visit has a cache of its own.
 */
import { once } from 'node:events';
import http from 'node:http';
import { chromium, type Browser } from '@playwright/test';
import playwright from '../playwright.config.ts';
import { say } from '../scripts/say.mjs';
import { startFleet } from './agents.ts';
import type { PartReport } from './report.ts';
import { withSite, type SiteOptions } from './site.ts';
import { median, summarize } from './statistics.ts';

export interface VisitOptions extends SiteOptions {
  readonly agents: number;
  readonly visits: number;
}

/** One file that came: bytes as they came over the wire, headers included. */
interface Loaded {
  readonly url: string;
  readonly mimeType: string;
  readonly encoding: string;
  bytes: number;
}

interface Visit {
  readonly firstPaintMs: number;
  readonly files: readonly Loaded[];
}

const WORD = '<!doctype html><html lang="en"><title>Word</title><p>Word';

export async function measureVisit(options: VisitOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    await startFleet(site, options.agents);
    await using stack = new AsyncDisposableStack();
    const { launchOptions } = playwright.use ?? {};
    // a signal reaches the browser through us: it is closed with everything else
    const browser = await chromium.launch({
      ...launchOptions,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    stack.defer(() => browser.close());
    const word = await serveWord(stack);
    const list = `${site.url}/agents`;
    await visit(browser, word);
    await visit(browser, list); // the browser and the server are warm, the cache is not
    const lists: Visit[] = [];
    const words: Visit[] = [];
    for (let round = 0; round < options.visits; round += 1) {
      site.signal.throwIfAborted();
      say(`visit: ${round + 1} of ${options.visits}`);
      words.push(await visit(browser, word));
      lists.push(await visit(browser, list));
    }
    return report(lists, words);
  });
}

async function serveWord(stack: AsyncDisposableStack): Promise<string> {
  const server = http.createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(WORD);
  });
  server.listen(0, '127.0.0.1');
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the page with a word has no port');
  return `http://127.0.0.1:${address.port}/`;
}

/** In a context of its own, as somebody who was never here. */
async function visit(browser: Browser, url: string): Promise<Visit> {
  const { viewport = null, locale = 'en-GB' } = playwright.use ?? {};
  const context = await browser.newContext({ viewport, locale });
  try {
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    const files = new Map<string, Loaded>();
    network.on('Network.responseReceived', ({ requestId, response: { url, mimeType, headers } }) => {
      const encoding = Object.entries(headers).find(
        ([name]) => name.toLowerCase() === 'content-encoding',
      )?.[1];
      files.set(requestId, { url, mimeType, encoding: encoding ?? 'none', bytes: 0 });
    });
    network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const file = files.get(requestId);
      if (file !== undefined) file.bytes = encodedDataLength;
    });
    await network.send('Network.enable');
    const answer = await page.goto(url, { waitUntil: 'networkidle' });
    if (answer?.status() !== 200) throw new Error(`${url} answered with ${answer?.status() ?? 'nothing'}`);
    const firstPaintMs = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    );
    if (firstPaintMs === undefined) throw new Error(`${url} painted nothing`);
    return { firstPaintMs, files: [...files.values()] };
  } finally {
    await context.close();
  }
}

function report(lists: readonly Visit[], words: readonly Visit[]): PartReport {
  const paints = lists.map(({ firstPaintMs }) => firstPaintMs);
  const bare = words.map(({ firstPaintMs }) => firstPaintMs);
  const kilobytes = (kind: RegExp) =>
    median(lists.map(({ files }) => sum(files.filter(({ mimeType }) => kind.test(mimeType))))) / 1000;
  return {
    figures: [
      { what: 'JavaScript until idle, compressed', value: kilobytes(/javascript/), unit: 'kB', atMost: 120 },
      { what: 'first contentful paint, median', value: median(paints), unit: 'ms', under: 200 },
      { what: 'a page with one word, median', value: median(bare), unit: 'ms' },
      { what: 'first paint over that', value: median(paints) / median(bare), unit: 'x' },
      { what: 'document', value: kilobytes(/^text\/html/), unit: 'kB' },
      { what: 'style sheets', value: kilobytes(/^text\/css/), unit: 'kB' },
      { what: 'fonts', value: kilobytes(/font/), unit: 'kB' },
      { what: 'everything', value: kilobytes(/./), unit: 'kB' },
      { what: 'requests', value: median(lists.map(({ files }) => files.length)), unit: '' },
    ],
    samples: { 'first paint': paints, 'first paint of a word': bare },
    details: { summary: summarize(paints), files: lists[0]?.files ?? [] },
  };
}

function sum(files: readonly Loaded[]): number {
  return files.reduce((bytes, file) => bytes + file.bytes, 0);
}
