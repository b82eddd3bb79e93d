/** A large file by sftp through the gateway, down and up, against `docker cp` of the same file. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { AgentSshView } from '#lib/protocol/ssh.ts';
import { say } from '../scripts/say.mjs';
import { spawnAgent } from './agents.ts';
import type { PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';
import { median } from './statistics.ts';

const run = promisify(execFile);
const LOOK_EVERY_MS = 50;

export interface SshOptions extends SiteOptions {
  /** MB of the file. */
  readonly sftpMb: number;
  readonly copies: number;
}

export async function measureSsh(options: SshOptions): Promise<PartReport> {
  return withSite({ ...options, env: { SLIPWAY_SSH_PORT: '0' } }, async (site) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-bench-ssh-'));
    try {
      return await measured(site, folder, options);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function measured(
  site: BenchSite,
  folder: string,
  { sftpMb, copies, signal }: SshOptions,
): Promise<PartReport> {
  const { agent } = await spawnAgent(site, { name: 'files', resources: { memory: '1g', cpu: 2 } });
  const container = agent.containerId ?? '';
  const sftp = await client(site, folder, agent.name);
  const here = path.join(folder, 'file');
  await site.engine.cli('exec', container, 'sh', '-c', `head -c ${sftpMb}000000 /dev/urandom > /tmp/large`);
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    sftpDownMs: () => sftp(`get /tmp/large ${here}`),
    copyDownMs: () => site.engine.cli('cp', `${container}:/tmp/large`, here),
    sftpUpMs: () => sftp(`put ${here} /tmp/up`),
    copyUpMs: () => site.engine.cli('cp', here, `${container}:/tmp/up`),
  };
  const samples: Record<string, number[]> = Object.fromEntries(
    [...Object.keys(ways), 'growthKb'].map((name) => [name, []]),
  );
  // the first round of each is to warm up
  for (let round = 0; round <= copies; round += 1) {
    for (const [name, work] of Object.entries(ways)) {
      signal.throwIfAborted();
      const before = site.serverMemoryKb();
      let most = before;
      const looking = setInterval(() => {
        most = Math.max(most, site.serverMemoryKb());
      }, LOOK_EVERY_MS);
      const started = performance.now();
      await work();
      const took = performance.now() - started;
      clearInterval(looking);
      if (round === 0) continue;
      samples[name]?.push(took);
      samples['growthKb']?.push(most - before);
    }
    say(`ssh: ${round} of ${copies}`);
  }
  const of = (name: string) => median(samples[name] ?? []);
  return {
    figures: [
      { what: `sftp get of ${sftpMb} MB, median`, value: of('sftpDownMs'), unit: 'ms' },
      { what: 'docker cp of the same, median', value: of('copyDownMs'), unit: 'ms' },
      { what: 'sftp get to docker cp', value: of('sftpDownMs') / of('copyDownMs'), unit: 'x', atMost: 2 },
      { what: `sftp put of ${sftpMb} MB, median`, value: of('sftpUpMs'), unit: 'ms' },
      { what: 'docker cp of the same, median', value: of('copyUpMs'), unit: 'ms' },
      { what: 'sftp put to docker cp', value: of('sftpUpMs') / of('copyUpMs'), unit: 'x', atMost: 2 },
      { what: 'growth of memory, most', value: Math.max(...(samples['growthKb'] ?? [])), unit: 'kB' },
    ],
    samples,
    details: {},
  };
}

/** Carries out one line of sftp. */
async function client(
  site: BenchSite,
  folder: string,
  agent: string,
): Promise<(line: string) => Promise<unknown>> {
  const key = path.join(folder, 'key');
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const publicKey = readFileSync(`${key}.pub`, 'utf8');
  await site.slipway.call('/api/ssh-keys', { method: 'POST', body: { publicKey } });
  const answer = await site.slipway.call(`/api/agents/${agent}/ssh`);
  const { gateway } = JSON.parse(answer.body.toString()) as AgentSshView;
  if (gateway === null) throw new Error('the gateway is off');
  const known = path.join(folder, 'known_hosts');
  writeFileSync(known, `[127.0.0.1]:${gateway.port} ${gateway.hostKey}\n`);
  const options = ['-F', 'none', '-o', 'BatchMode=yes', '-o', `UserKnownHostsFile=${known}`, '-i', key];
  const batch = path.join(folder, 'batch');
  return (line) => {
    writeFileSync(batch, `${line}\n`);
    return run('sftp', [...options, '-P', String(gateway.port), '-b', batch, `${agent}@127.0.0.1`]);
  };
}
