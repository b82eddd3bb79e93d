/** The sshd inside an agent's container, on a real engine: with a Debian that has openssh-server, and with an image that has none. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SshdView } from '#lib/protocol/ssh.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const run = promisify(execFile);
const FOREVER = ['sleep', '100000'];

describe.skipIf(NO_ENGINE !== undefined)('an sshd inside an agent, on a real engine', () => {
  let real: RealApp;
  let folder: string;
  let image: string;
  let skew = 0;

  beforeAll(async () => {
    real = await realApp({
      env: { SLIPWAY_SSH_PORT: '0', SLIPWAY_AUTH: 'none' },
      idleClock: { now: () => Date.now() + skew, settleMs: 0 },
    });
    folder = mkdtempSync(join(tmpdir(), 'slipway-sshd-'));
    image = `slipway-test/sshd:${real.run}`;
    const { stdout } = await run(process.execPath, ['scripts/container/sshd-archive.mjs']);
    await real.docker('import', stdout.trim().split('\n').at(-1) ?? '', image);
  }, 300_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await real.close();
    await run('docker', ['-H', `unix://${real.socket}`, 'image', 'rm', '-f', image]).catch(() => undefined);
  }, 60_000);

  const spawn = (name: string, input: Readonly<Record<string, unknown>> = {}) =>
    real.app.services.agents.spawn(
      real.admin,
      { name: `${name}-${real.run}`, type: 'custom', image, command: FOREVER, ssh: true, ...input },
      { wait: true },
    );
  const view = async (name: string): Promise<SshdView> => {
    const { sshd } = await real.app.services.agentSsh.view(real.admin, `${name}-${real.run}`);
    if (sshd === null) throw new Error('it has no sshd');
    return sshd;
  };
  /** Where the ports of the engine are open, with what the page gives. */
  const client = async (name: string): Promise<readonly string[]> => {
    const { user, address, knownHosts } = await view(name);
    const key = join(folder, `${name}.key`);
    const known = join(folder, `${name}.known`);
    rmSync(key, { force: true });
    writeFileSync(key, real.app.services.agentSsh.key(real.admin, `${name}-${real.run}`), { mode: 0o600 });
    writeFileSync(known, `${knownHosts ?? ''}\n`);
    return [
      ...['ssh', '-F', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-i', key],
      ...['-o', `UserKnownHostsFile=${known}`, '-p', String(address?.port), `${user}@${address?.host ?? ''}`],
    ];
  };
  const ssh = async (name: string, ...words: string[]): Promise<string> =>
    (await run(...onEngine(real.socket, [...(await client(name)), ...words]))).stdout.trim();

  it('root logs in over the published port, with the host key that is shown, under the standard profile', async () => {
    const agent = await spawn('root');
    expect(agent.state).toBe('ready');
    expect(await ssh('root', 'id', '-un')).toBe('root');
    const { address, fingerprint } = await view('root');
    expect(address?.host).toBe('127.0.0.1');
    expect(fingerprint).toMatch(/^SHA256:/);
    expect(await real.docker('exec', agent.name, 'ls', '/run/slipway-ssh')).toContain('host_key');
  }, 60_000);

  it('after a restart the port is read anew, and the same key answers', async () => {
    const before = await view('root');
    await real.app.services.agents.restart(real.admin, `root-${real.run}`, { timeout: 0 }, { wait: true });
    expect(await ssh('root', 'echo', 'again')).toBe('again');
    const after = await view('root');
    expect(after.fingerprint).toBe(before.fingerprint);
    const shown = await real.docker('port', `root-${real.run}`, '22/tcp');
    expect(shown).toContain(`127.0.0.1:${after.address?.port ?? 0}`);
  }, 60_000);

  it('it comes back when somebody else restarts the container', async () => {
    await real.docker('restart', '-t', '0', `root-${real.run}`);
    await vi.waitFor(
      async () => {
        expect(await ssh('root', 'echo', 'back')).toBe('back');
      },
      { timeout: 40_000, interval: 500 },
    );
  }, 60_000);

  it('a session keeps an agent from being stopped by its idle rule, and its end does not', async () => {
    await spawn('idle', { idle: { mode: 'ssh', timeout: 60 } });
    const remote = 'echo $$ > /tmp/pid; exec sleep 7777';
    const ends = run(...onEngine(real.socket, [...(await client('idle')), remote])).catch(() => undefined);
    await vi.waitFor(async () => {
      expect(await real.docker('top', `idle-${real.run}`, '-eo', 'pid,args')).toContain('sleep 7777');
    }, 20_000);
    const state = () => real.app.services.agents.get(real.admin, `idle-${real.run}`).state;
    skew = 50_000;
    await real.app.idleStop.tick();
    skew += 50_000;
    await real.app.idleStop.tick();
    skew += 50_000;
    await real.app.idleStop.tick();
    expect(state()).toBe('ready');
    await real.docker('exec', `idle-${real.run}`, 'sh', '-c', 'kill $(cat /tmp/pid)');
    await ends;
    await vi.waitFor(async () => {
      expect(await real.docker('top', `idle-${real.run}`, '-eo', 'pid,args')).not.toMatch(/sshd: root/);
    }, 20_000);
    skew += 50_000;
    await real.app.idleStop.tick();
    skew += 50_000;
    await real.app.idleStop.tick();
    await vi.waitFor(() => {
      expect(state()).toBe('stopped');
    }, 30_000);
    skew = 0;
  }, 90_000);

  it('who is not root has it above the ports of the system, also when nothing is allowed', async () => {
    await spawn('node', { user: '1000', security: { profile: 'hardened' } });
    expect(await view('node')).toMatchObject({ user: 'node', address: { host: '127.0.0.1' } });
    expect(await ssh('node', 'id', '-un')).toBe('node');
  }, 60_000);

  it('rsync copies over the gateway with the program of the image, and only what differs', async () => {
    const { sshKeys, agentSsh, accounts } = real.app.services;
    const key = join(folder, 'mine');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    sshKeys.add(accounts.openActor(), { publicKey: readFileSync(`${key}.pub`, 'utf8') });
    const gateway = agentSsh.gateway(real.admin);
    const known = join(folder, 'gateway.known');
    writeFileSync(known, `[127.0.0.1]:${gateway?.port ?? 0} ${gateway?.hostKey ?? ''}\n`);
    const shell = `ssh -F none -o BatchMode=yes -o UserKnownHostsFile=${known} -i ${key} -p ${gateway?.port ?? 0}`;
    const from = join(folder, 'tree');
    mkdirSync(join(from, 'deep'), { recursive: true });
    writeFileSync(join(from, 'deep', 'two words'), randomBytes(2_000_000));
    writeFileSync(join(from, 'small'), 'one\n');
    const there = `root-${real.run}@127.0.0.1:/srv/tree/`;
    const sync = async (source: string, target: string) =>
      (await run('rsync', ['-a', '--delete', '--stats', '-e', shell, source, target])).stdout;
    expect(await sync(`${from}/`, there)).toMatch(/regular files transferred: 2/);
    writeFileSync(join(from, 'small'), 'another one\n');
    expect(await sync(`${from}/`, there)).toMatch(/regular files transferred: 1/);
    const back = join(folder, 'back');
    await sync(there, `${back}/`);
    expect(readFileSync(join(back, 'small'), 'utf8')).toBe('another one\n');
    const name = join('deep', 'two words');
    expect(readFileSync(join(back, name)).equals(readFileSync(join(from, name)))).toBe(true);
  }, 60_000);

  it('no snapshot holds a private key', async () => {
    const name = `root-${real.run}`;
    await real.app.services.snapshots.create(real.admin, name, { name: 'one' }, { wait: true });
    const listed = await real.docker('run', '--rm', `slipway/${name}:one`, 'ls', '-A', '/run/slipway-ssh');
    expect(listed).toBe('');
  }, 60_000);

  it('an image without sshd fails the spawn, names the package and leaves nothing behind', async () => {
    const before = await real.holdings();
    await expect(spawn('bare', { image: real.image })).rejects.toMatchObject({
      code: 'VALIDATION',
      message: expect.stringContaining('openssh-server') as string,
    });
    expect(await real.holdings()).toEqual(before);
  }, 60_000);

  it('an agent without a network of its own is refused before anything is made', async () => {
    await expect(spawn('none', { networks: ['none'] })).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});

/** A program on the engine's own machine, where its published ports are. */
function onEngine(socket: string, words: readonly string[]): [string, string[]] {
  const [, prefix = '', index = ''] = /slipway-engines\/([^/]+)\/(\d+)\//.exec(socket) ?? [];
  return ['env', [`EN_PREFIX=${prefix}`, 'scripts/engines.sh', 'in', index, ...words]];
}
