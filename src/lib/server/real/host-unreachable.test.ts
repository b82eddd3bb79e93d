/** A host that is not the local one and goes away: its own error code, nothing left behind, and the other host as quick as before. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';
import { startTestEngine, type TestEngine } from '../../../../scripts/test-engine.ts';

const WAIT = { wait: true };

describe.skipIf(NO_ENGINE !== undefined)('another host that goes away', { timeout: 90_000 }, () => {
  let real: RealApp;
  let second: TestEngine;
  beforeAll(async () => {
    real = await realApp();
    second = await startTestEngine({ own: true });
    await real.addHost('far', second.socket, 'tcp');
  }, 120_000);
  afterAll(async () => {
    await real.close();
    await second.stop();
  }, 60_000);

  const spawn = (name: string, host: string) =>
    real.app.services.agents.spawn(
      real.admin,
      { type: 'custom', image: real.image, name: `${name}-${real.run}`, host, command: ['sleep', '1000'] },
      WAIT,
    );

  it('is HOST_UNREACHABLE with what to do, writes down no agent, and leaves nothing on the host', async () => {
    const before = await second.cli('ps', '-aq');
    await second.crash();
    try {
      await expect
        .poll(() => real.app.fleet.hosts().find(({ name }) => name === 'far')?.state, { timeout: 30_000 })
        .toBe('offline');
      await expect(spawn('nowhere', 'far')).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
      const names = real.app.services.agents.list(real.admin).map(({ name }) => name);
      expect(names).not.toContain(`nowhere-${real.run}`);
      expect(await spawn('here', 'auto')).toMatchObject({ state: 'ready', host: 'local' });
    } finally {
      await second.boot();
    }
    expect(await second.cli('ps', '-aq')).toBe(before);
    await expect
      .poll(() => real.app.fleet.hosts().find(({ name }) => name === 'far')?.state, { timeout: 30_000 })
      .toBe('online');
  });
});
