import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricQuery } from '#lib/domain/inputs/metric-query.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const PATIENCE = { timeout: 40_000, interval: 250 };
const KIB = 1024;

describe.skipIf(NO_ENGINE)('figures of a real engine', { timeout: 120_000 }, () => {
  let real: RealApp;
  beforeAll(async () => {
    real = await realApp();
  }, 60_000);
  afterAll(() => real.close());

  const spawn = (name: string, command: string) =>
    real.app.services.agents.spawn(
      real.admin,
      {
        type: 'custom',
        name: `${name}-${real.run}`,
        image: real.image,
        command: ['sh', '-c', command],
        resources: { cpu: 0.05, memory: '64m' },
      },
      { wait: true },
    );
  const history = (id: string) =>
    real.app.services.metrics.history(real.admin, id, parseInput(metricQuery, {})).points;

  it('a busy loop uses what it may and is held back; what the engine does not report is not zero', async () => {
    const { id } = await spawn('busy', 'trap "exit 0" TERM; while :; do :; done');
    const now = () => real.app.pulses.now(id);
    await expect.poll(() => now()?.cpu ?? 0, PATIENCE).toBeGreaterThan(2);
    expect(now()?.cpu).toBeLessThan(10);
    expect(now()?.throttled).toBeGreaterThan(50);
    expect(now()?.memoryLimit).toBe(64 * KIB * KIB);
    expect(now()?.memory).toBeLessThan(8 * KIB * KIB);
    expect(now()).toMatchObject({ blockRead: null, blockWrite: null });
    await expect.poll(() => history(id).some(({ cpu }) => cpu !== null && cpu > 2), PATIENCE).toBe(true);

    await real.app.services.agents.stop(real.admin, id, { timeout: 0 }, { wait: true });
    expect(now()).toBeNull();
    const before = history(id);
    await real.restart();
    expect(history(id).slice(0, before.length)).toEqual(before);
  });

  it('memory is without the page cache of files that were read once', async () => {
    const { id, containerId } = await spawn(
      'reader',
      'dd if=/dev/zero of=/big bs=1M count=40; sync; exec sleep 600',
    );
    const cached = async () =>
      Number(
        (
          await real.docker('exec', containerId ?? '', 'cat', '/sys/fs/cgroup/memory/memory.usage_in_bytes')
        ).trim(),
      );
    await expect.poll(() => real.app.pulses.now(id)?.memory ?? 0, PATIENCE).toBeGreaterThan(0);
    const usage = await cached().catch(() => null);
    expect(real.app.pulses.now(id)?.memory).toBeLessThan(20 * KIB * KIB);
    if (usage !== null) expect(usage).toBeGreaterThan(30 * KIB * KIB);
  });

  it('the host says what it uses and has, and how far its clock is off', async () => {
    const [host] = real.app.services.hosts.list(real.admin);
    const figures = () => real.app.hostFigures.get(host?.id ?? '');
    await expect.poll(figures, PATIENCE).not.toBeNull();
    expect(figures()).toMatchObject({ version: host?.engine?.version });
    expect(figures()?.memory).toBeGreaterThan(0);
    expect(figures()?.disk).toBeGreaterThan(KIB);
    expect(figures()?.images).toBeGreaterThanOrEqual(1);
    expect(Math.abs(figures()?.clockSkew ?? Infinity)).toBeLessThan(2_000);
  });
});
