/** The ssh gateway on a real engine, with the clients that people use: ssh, scp, sftp and rsync. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FactBody } from '#lib/protocol/facts.ts';
import type { Actor } from '../services/access.ts';
import { busyboxFiles, importImage } from '../engine/testing/tiny-image.ts';
import { PASSWORD, SETUP_TOKEN } from '../testing/app.ts';
import { run } from '../testing/run-program.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

/** What an image with a shell has besides. */
const APPLETS = 'stat xargs readlink mv ln chmod chown touch dd rmdir sha256sum tty'.split(' ');

describe.skipIf(NO_ENGINE !== undefined)('the ssh gateway on a real engine', () => {
  let real: RealApp;
  let image: string;
  let folder: string;
  let agent: string;
  let ada: Actor | null;
  let port: number;

  beforeAll(async () => {
    real = await realApp({ env: { SLIPWAY_SSH_PORT: '0' } });
    image = `slipway-test/ssh:${real.run}`;
    const files = busyboxFiles();
    const links = APPLETS.map((name) => ({ path: `bin/${name}`, link: 'busybox' }));
    const missing = links.filter((link) => files.every((file) => file.path !== link.path));
    await importImage(real.socket, image, [...files, ...missing]);
    const { services } = real.app;
    const session = await services.accounts.setup(
      { token: SETUP_TOKEN, name: 'ada', password: PASSWORD },
      { address: '127.0.0.1', userAgent: 'a test' },
    );
    folder = mkdtempSync(join(tmpdir(), 'slipway-ssh-'));
    await makeKey('known');
    await makeKey('stranger');
    ada = services.accounts.actorOfSession(session.secret);
    services.sshKeys.add(ada, { name: 'laptop', publicKey: readFileSync(join(folder, 'known.pub'), 'utf8') });
    agent = `ssh-${real.run}`;
    await services.agents.spawn(
      real.admin,
      { name: agent, type: 'custom', image, command: ['sleep', '100000'], workdir: '/work' },
      { wait: true },
    );
    const gateway = services.agentSsh.gateway(real.admin);
    port = gateway?.port ?? 0;
    writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${gateway?.hostKey ?? ''}\n`);
  }, 60_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await real.engine.removeImage(image, { force: true }).catch(() => undefined);
    await real.close();
  }, 60_000);

  const makeKey = (name: string) =>
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${name}@test`, '-f', join(folder, name)]);
  const options = (key = 'known') => [
    ...['-F', 'none', '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-o', 'LogLevel=ERROR'],
    ...['-o', `UserKnownHostsFile=${join(folder, 'known_hosts')}`, '-o', 'StrictHostKeyChecking=yes'],
    ...['-i', join(folder, key)],
  ];
  const ssh = (args: readonly string[], more: { input?: Buffer; key?: string; as?: string } = {}) =>
    run(
      'ssh',
      [...options(more.key), '-p', String(port), `${more.as ?? agent}@127.0.0.1`, ...args],
      more.input,
    );
  const sftp = (batch: string) => {
    const args = [...options(), '-P', String(port), '-b', '-', `${agent}@127.0.0.1`];
    return run('sftp', args, Buffer.from(batch));
  };
  const there = (path: string) => `${agent}@127.0.0.1:${path}`;
  const facts = () =>
    real.app.journal
      .since(0, 10_000)
      ?.filter(
        (fact): fact is Extract<FactBody, { kind: 'inside' }> & typeof fact => fact.kind === 'inside',
      ) ?? [];
  const processes = async () => real.docker('top', agent, '-eo', 'pid,args');

  it('a command runs with its exit code, its streams apart and its input whole', async () => {
    const ran = await ssh(['echo out; echo err >&2; exit 7']);
    expect([ran.code, ran.out.toString(), ran.err]).toEqual([7, 'out\n', 'err\n']);
    const input = randomBytes(20 * 1024 * 1024);
    const digest = await ssh(['sha256sum'], { input });
    expect(digest.out.toString()).toContain(createHash('sha256').update(input).digest('hex'));
    const back = await ssh(['cat'], { input });
    expect(back.out.equals(input)).toBe(true);
  });

  it('a shell has a terminal of the size of the client, and leaves nothing behind', async () => {
    const ran = await ssh(['-tt'], { input: Buffer.from('stty size; echo $TERM; tty; exit 3\n') });
    expect(ran.code).toBe(3);
    expect(ran.out.toString()).toContain('/dev/pts/');
    expect(await processes()).not.toMatch(/ (?:ba)?sh$/m);
  });

  it('a client that is killed leaves no process inside', async () => {
    const child = spawn('ssh', [
      ...options(),
      '-p',
      String(port),
      `${agent}@127.0.0.1`,
      'sleep 4321 & sleep 4322',
    ]);
    await vi.waitFor(async () => {
      expect(await processes()).toContain('sleep 4322');
    }, 20_000);
    child.kill('SIGKILL');
    await vi.waitFor(async () => {
      expect(await processes()).not.toMatch(/sleep 432/);
    }, 20_000);
  }, 60_000);

  it('scp copies files there and back, whatever their names and whatever is in them', async () => {
    const names = ['plain', 'two words', 'quo"te\'s', '$(touch x)', 'new\nline', 'ünïcode', '-rf', '*'];
    const up = join(folder, 'up');
    mkdirSync(up);
    for (const name of names) writeFileSync(join(up, name), randomBytes(100_000), { mode: 0o754 });
    expect(await run('scp', [...options(), '-P', String(port), '-rp', up, there('/work/up')])).toMatchObject({
      code: 0,
      err: '',
    });
    const down = join(folder, 'down');
    expect(
      await run('scp', [...options(), '-P', String(port), '-rp', there('/work/up'), down]),
    ).toMatchObject({
      code: 0,
      err: '',
    });
    expect(readdirSync(down).sort()).toEqual([...names].sort());
    for (const name of names)
      expect(readFileSync(join(down, name)).equals(readFileSync(join(up, name)))).toBe(true);
    expect((await ssh(['stat -c %a /work/up/plain'])).out.toString()).toBe('754\n');
  }, 60_000);

  it('sftp lists, makes, moves, links, changes and removes', async () => {
    const small = join(folder, 'small');
    writeFileSync(small, 'small\n');
    const batch = `
mkdir box
put "${small}" box/a
chmod 600 box/a
ln -s a box/link
rename box/a "box/b c"
ln "box/b c" box/hard
ls -la box
get "box/b c" "${join(folder, 'got')}"
rm box/hard
rm box/link
rm "box/b c"
rmdir box
pwd
-ls box
`;
    const ran = await sftp(batch);
    expect(ran.code, ran.err).toBe(0);
    const said = ran.out.toString();
    expect(said).toMatch(/-rw------- .* b c/);
    expect(said).toMatch(/lrwxrwxrwx .* link/);
    expect(said).toContain('Remote working directory: /work');
    expect(ran.err).toContain('box');
    expect(readFileSync(join(folder, 'got'), 'utf8')).toBe('small\n');
  });

  it('what cannot be done over sftp says why', async () => {
    const ran = await sftp('-get /nothing/there /dev/null\n-rmdir /bin\n-mkdir /proc/x\n');
    expect(ran.err).toMatch(/nothing\/there.*not found|No such file/);
    expect(ran.err).toContain('remote rmdir "/bin": Failure');
  });

  it('a transfer that broke off is gone on with', async () => {
    const whole = randomBytes(300_000);
    writeFileSync(join(folder, 'whole'), whole);
    await ssh(['head -c 120000 > part'], { input: whole });
    const send = await sftp(`reput "${join(folder, 'whole')}" part\n`);
    expect(send.code, send.err).toBe(0);
    expect((await ssh(['cat part'])).out.equals(whole)).toBe(true);
    writeFileSync(join(folder, 'half'), whole.subarray(0, 77_777));
    const get = await sftp(`reget part "${join(folder, 'half')}"\n`);
    expect(get.code, get.err).toBe(0);
    expect(readFileSync(join(folder, 'half')).equals(whole)).toBe(true);
  });

  it('a port inside is reached with -L, and nothing else is', async () => {
    await ssh(['mkdir -p /www; echo hello > /www/index.html; httpd -p 127.0.0.1:8080 -h /www']);
    const asked = (host: string) =>
      ssh(['-W', `${host}:8080`], { input: Buffer.from('GET /index.html HTTP/1.0\r\n\r\n') });
    const ran = await asked('127.0.0.1');
    expect(ran.out.toString()).toContain('hello');
    const elsewhere = await asked('198.18.0.1');
    expect(elsewhere.code).not.toBe(0);
  });

  it('another user inside is named before a plus', async () => {
    expect((await ssh(['id -u'], { as: `1000+${agent}` })).out.toString()).toBe('1000\n');
    const nobody = await ssh(['id -u'], { as: `who+${agent}` });
    expect(nobody.code).toBe(255);
    expect(nobody.err).toContain('who');
  });

  it('an agent that is stopped says so', async () => {
    const name = `off-${real.run}`;
    const { services } = real.app;
    await services.agents.spawn(
      real.admin,
      { name, type: 'custom', image, command: ['sleep', '100000'] },
      { wait: true },
    );
    await services.agents.stop(real.admin, name, { timeout: 0 }, { wait: true });
    const ran = await ssh(['true'], { as: name });
    expect(ran.code).toBe(255);
    expect(ran.err).toContain(`${name} does not run: it is stopped`);
  });

  it('an unknown key and an unknown agent get the same answer', async () => {
    const key = await ssh(['true'], { key: 'stranger' });
    const name = await ssh(['true'], { as: 'nobody-here' });
    expect([key.code, name.code]).toEqual([255, 255]);
    expect(key.err.replace(agent, 'X')).toBe(name.err.replace('nobody-here', 'X'));
  });

  it('the host key is the same after a restart, and a removed key gets in no more', async () => {
    const before = real.app.services.agentSsh.gateway(real.admin);
    await real.restart();
    const gateway = real.app.services.agentSsh.gateway(real.admin);
    expect(gateway?.fingerprint).toBe(before?.fingerprint);
    port = gateway?.port ?? 0;
    writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${gateway?.hostKey ?? ''}\n`);
    const { id } = real.app.services.agents.get(real.admin, agent);
    const open = ssh(['sleep 5432']);
    const activity = () => real.app.pulses.newest(id, ['ssh'])?.at ?? 0;
    await vi.waitFor(async () => {
      expect(await processes()).toContain('sleep 5432');
    }, 20_000);
    const first = activity();
    await vi.waitFor(() => {
      expect(activity()).toBeGreaterThan(first);
    }, 20_000);
    const [key] = real.app.services.sshKeys.list(ada);
    real.app.services.sshKeys.remove(ada, key?.id ?? '');
    expect((await open).code).toBe(255);
    expect((await ssh(['true'])).err).toContain('Permission denied');
    await vi.waitFor(async () => {
      expect(await processes()).not.toContain('sleep 5432');
    }, 20_000);
  }, 90_000);

  it('after five failed logins an address is not listened to', async () => {
    for (let tries = 0; tries < 6; tries += 1) await ssh(['true'], { key: 'stranger', as: 'target' });
    const publicKey = readFileSync(join(folder, 'known.pub'), 'utf8');
    real.app.services.sshKeys.add(ada, { publicKey });
    expect((await ssh(['true'], { as: 'target' })).code).toBe(255);
    expect((await ssh(['true'])).code).toBe(0);
  }, 60_000);

  it('who did what is written down, without what was typed', () => {
    const told = facts().map(({ by, door, what }) => [by, door, what].join(' '));
    expect(told).toContain('operator ada ssh shell');
    expect(told).toContain('operator ada ssh ran sha256sum');
    expect(told).toContain('operator ada ssh wrote /work/up/plain');
    expect(told).toContain('operator ada ssh forwarded port 8080');
    expect(told.join('\n')).not.toContain('sleep 4322');
    const failed = facts().filter((fact) => fact.failed !== undefined);
    expect(failed.map((fact) => fact.failed).join()).toContain('does not run');
  });
});
