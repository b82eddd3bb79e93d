/** Secrets on a real engine: they reach the program, and nothing that an engine gives out holds them. */
import { createReadStream } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const VALUE = `hunter2's "secret" $HOME\nline two`;

describe.skipIf(NO_ENGINE !== undefined)('a secret on a real engine', { timeout: 120_000 }, () => {
  let real: RealApp;
  beforeAll(async () => {
    real = await realApp();
    real.app.services.secrets.put(real.admin, { name: 'API_KEY', value: VALUE });
  }, 120_000);
  afterAll(() => real.close(), 120_000);

  const spawn = (name: string, more: Readonly<Record<string, unknown>> = {}) =>
    real.app.services.agents.spawn(
      real.admin,
      {
        name: `${name}-${real.run}`,
        type: 'custom',
        image: real.image,
        tty: false,
        command: ['sh', '-c', 'printf "%s" "$TOKEN" | md5sum; exec sleep infinity'],
        env: { TOKEN: { secret: 'API_KEY' } },
        ...more,
      },
      { wait: true },
    );
  const printed = async (idOrName: string) => {
    const lines = await real.app.services.logs.read(real.admin, idOrName, 5, {});
    return lines.map((line) => line.text);
  };
  /** Of what the program saw. */
  const sum = async () =>
    await real.docker('run', '--rm', '-e', `V=${VALUE}`, real.image, 'sh', '-c', 'printf "%s" "$V" | md5sum');
  /** Whether `docker save` of an image holds the value anywhere. */
  const savedHolds = async (image: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-save-'));
    try {
      await real.docker('save', '-o', join(folder, 'image.tar'), image);
      let rest = '';
      for await (const piece of createReadStream(join(folder, 'image.tar'), 'latin1')) {
        const both = rest + String(piece);
        if (both.includes("hunter2's")) return true;
        rest = both.slice(-20);
      }
      return false;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('reaches the main process whole, under every profile and user', async () => {
    const expected = await sum();
    for (const [name, more] of [
      ['plain', {}],
      ['hardened', { security: { profile: 'hardened' } }],
      ['user', { user: '1234:1234' }],
      ['env', { env: { TOKEN: { secret: 'API_KEY', delivery: 'env' } } }],
    ] as const) {
      const agent = await spawn(name, more);
      await vi.waitFor(async () => expect(await printed(agent.id)).toEqual([expected]), 10_000);
    }
  });

  it('leaves the place where it is mounted out of what the agent changed', async () => {
    const agent = await spawn('unseen');
    await real.docker('exec', agent.containerId ?? '', 'touch', '/made-by-the-agent');
    const page = await real.app.services.diffs.changes(
      real.admin,
      { kind: 'image', agent: agent.id },
      { kind: 'agent', agent: agent.id },
      {},
      { fresh: true },
    );
    const paths = page.changes.map(({ path }) => path);
    expect(paths).toContain('/made-by-the-agent');
    expect(paths).not.toContain('/run/slipway');
    // the engine itself does name it
    expect(await real.docker('diff', agent.containerId ?? '')).toContain('/run/slipway');
  });

  it('is in no inspect, history or save: not of the container, not of its snapshot, not of a fork', async () => {
    const agent = await spawn('clean');
    const snapshot = await real.app.services.snapshots.create(real.admin, agent.id, { name: 'one' });
    const image = snapshot?.image ?? '';
    const [fork] = await real.app.services.forking.fork(
      real.admin,
      snapshot?.id ?? '',
      { name: `fork-${real.run}` },
      { wait: true },
    );
    const outputs = await Promise.all([
      real.docker('inspect', agent.containerId ?? ''),
      real.docker('inspect', fork?.containerId ?? ''),
      real.docker('inspect', image),
      real.docker('history', '--no-trunc', image),
    ]);
    for (const output of outputs) expect(output).not.toContain("hunter2's");
    expect(await savedHolds(image)).toBe(false);
    await vi.waitFor(() => {
      expect(
        real.app.services.snapshots.list(real.admin).find((each) => each.id === snapshot?.id)?.scan,
      ).toEqual({
        state: 'clean',
      });
    }, 30_000);
    // the fork has it all the same
    await vi.waitFor(async () => expect(await printed(fork?.id ?? '')).toEqual([await sum()]), 10_000);
  });

  it('that the agent itself wrote to a file is found in its snapshot, with the file named', async () => {
    const agent = await spawn('leaky', {
      command: ['sh', '-c', 'printf "%s" "$TOKEN" > /leak.txt; exec sleep infinity'],
    });
    await vi.waitFor(async () =>
      expect(await real.docker('exec', agent.containerId ?? '', 'cat', '/leak.txt')).toContain('hunter2'),
    );
    const snapshot = await real.app.services.snapshots.create(real.admin, agent.id, { name: 'one' });
    await vi.waitFor(() => {
      expect(
        real.app.services.snapshots.list(real.admin).find((each) => each.id === snapshot?.id)?.scan,
      ).toEqual({
        state: 'found',
        files: [{ path: '/leak.txt', secret: 'API_KEY' }],
      });
    }, 30_000);
  });

  it('leaves the snapshot a command of its own, and nothing by which it could be mistaken for the agent', async () => {
    const agent = await spawn('own', { command: ['sh', '-c', 'echo started "$TOKEN"; exec sleep infinity'] });
    const snapshot = await real.app.services.snapshots.create(real.admin, agent.id, { name: 'one' });
    const name = `by-hand-${real.run}`;
    await real.docker('run', '-d', '--name', name, snapshot?.image ?? '');
    try {
      await vi.waitFor(async () => expect(await real.docker('logs', name)).toBe('started'), 10_000);
      const labels = JSON.parse(
        await real.docker('inspect', '-f', '{{json .Config.Labels}}', name),
      ) as Record<string, string>;
      expect(Object.values(labels).every((value) => value === '')).toBe(true);
      const unmanaged = await real.app.services.adoption.unmanaged(real.admin);
      expect(unmanaged).toContainEqual(expect.objectContaining({ name, ofAnotherInstance: false }));
    } finally {
      await real.docker('rm', '-f', name);
    }
  });

  it('given as a plain variable is blank in what a snapshot gives to others', async () => {
    const agent = await spawn('blank', { env: { TOKEN: { secret: 'API_KEY', delivery: 'env' } } });
    const snapshot = await real.app.services.snapshots.create(real.admin, agent.id, { name: 'one' });
    const env = await real.docker('inspect', '-f', '{{json .Config.Env}}', snapshot?.image ?? '');
    expect(JSON.parse(env)).toContain('TOKEN=');
  });

  it('with another value is what the agent has after its next start', async () => {
    const { agents, secrets } = real.app.services;
    secrets.put(real.admin, { name: 'TURNING', value: 'first-value' });
    const agent = await spawn('turning', {
      env: { TOKEN: { secret: 'TURNING' } },
      command: ['sh', '-c', 'echo "$TOKEN"; exec sleep infinity'],
    });
    await vi.waitFor(async () => expect(await printed(agent.id)).toEqual(['first-value']), 10_000);
    secrets.put(real.admin, { name: 'TURNING', value: 'second-value' });
    await agents.stop(real.admin, agent.id, { timeout: 0 }, { wait: true });
    await agents.start(real.admin, agent.id, { wait: true });
    await vi.waitFor(
      async () => expect(await printed(agent.id)).toEqual(['first-value', 'second-value']),
      10_000,
    );
  });

  it('leaves no volume behind when its agent goes', async () => {
    const before = (await real.holdings()).volumes;
    const agent = await spawn('gone');
    expect((await real.holdings()).volumes).toHaveLength(before.length + 1);
    await real.app.services.agents.remove(real.admin, agent.id, { force: true, timeout: 0 }, { wait: true });
    expect((await real.holdings()).volumes).toEqual(before);
  });
});
