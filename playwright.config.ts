import { defineConfig } from '@playwright/test';

/** Against the build and a real engine: `npm test e2e` prepares both; by itself `npm run e2e` needs a build and root. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // two cores: a browser, a server and an engine each
  workers: 2,
  // generous: nothing waits that long unless the machine is busy or something is broken
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // machines that run this unattended are shared: a test that failed there is tried once more, and listed as flaky when it then passes
  retries: process.env['CI'] === undefined ? 0 : 1,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list'], ['html', { open: 'never' }]],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      // Playwright's own browser is a download; Debian's is a package
      executablePath: '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
