/** What every test gets: a Slipway on a real engine, pages that are signed in, and a guard that fails it for errors nobody looked at. */
import { test as base, expect, type BrowserContext } from '@playwright/test';
import { startTestEngine, type TestEngine } from '../../scripts/test-engine.ts';
import { Api } from './api.ts';
import { PageGuard } from './page-guard.ts';
import { Site, type SiteOptions } from './site.ts';

interface TestFixtures {
  /** The Slipway that `page`, `context` and `api` are about. A spec may put another one in its place. */
  readonly site: Site;
  readonly api: Api;
  readonly guard: PageGuard;
  /** A further Slipway, just for this test, not yet set up; ended after it. */
  readonly startSite: (options?: Partial<SiteOptions>) => Promise<Site>;
  /** A further browser, without a session unless it is given one; watched as the others are. */
  readonly newContext: (
    options?: Parameters<import('@playwright/test').Browser['newContext']>[0],
  ) => Promise<BrowserContext>;
  readonly tidy: undefined;
}

interface WorkerFixtures {
  /** Shared with other tests: nothing may break it. */
  readonly engine: TestEngine;
  readonly sharedSite: Site;
  /** Engine and Slipway that may be broken; the test mends what it broke. */
  readonly fragileEngine: TestEngine;
  readonly fragileSite: Site;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  engine: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const engine = await startTestEngine();
      await use(engine);
      await engine.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  sharedSite: [
    async ({ engine }, use) => {
      const site = await Site.start({ socket: engine.socket });
      await site.setUp();
      await use(site);
      await site.end();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  fragileEngine: [
    // eslint-disable-next-line no-empty-pattern -- as above
    async ({}, use) => {
      const engine = await startTestEngine({ args: '--live-restore' });
      await use(engine);
      await engine.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  fragileSite: [
    async ({ fragileEngine }, use) => {
      const site = await Site.start({ socket: fragileEngine.socket });
      await site.setUp();
      await use(site);
      await site.end();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  site: async ({ sharedSite }, use) => {
    await use(sharedSite);
  },
  api: async ({ site }, use) => {
    await use(site.api);
  },
  baseURL: async ({ site }, use) => {
    await use(site.url);
  },
  storageState: async ({ site }, use) => {
    await use(site.storageState);
  },

  // eslint-disable-next-line no-empty-pattern -- as above
  guard: async ({}, use) => {
    const guard = new PageGuard();
    await use(guard);
    expect(guard.complaints, 'errors on the console of a page').toEqual([]);
  },
  context: async ({ context, guard }, use) => {
    guard.watch(context);
    await use(context);
  },
  newContext: async ({ browser, guard, baseURL }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL, ...options });
      opened.push(context);
      guard.watch(context);
      return context;
    });
    await Promise.all(opened.map((context) => context.close()));
  },
  startSite: async ({ engine }, use) => {
    const started: Site[] = [];
    await use(async (options = {}) => {
      const site = await Site.start({ socket: engine.socket, ...options });
      started.push(site);
      return site;
    });
    const bugs = started.flatMap((site) => site.bugs);
    await Promise.all(started.map((site) => site.end()));
    expect(bugs, 'mistakes in the log of the server').toEqual([]);
  },
  tidy: [
    async ({ site }, use) => {
      const before = site.bugs.length;
      await use(undefined);
      await site.api.removeAgents();
      expect(site.bugs.slice(before), 'mistakes in the log of the server').toEqual([]);
    },
    { auto: true },
  ],
});

/** The same on the Slipway and the engine that may be broken. */
export const fragileTest = test.extend({
  site: async ({ fragileSite }, use) => {
    await use(fragileSite);
  },
});

export { expect };
