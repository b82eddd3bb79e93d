/** Lines that come as fast as a container can write them: until they are archived, against `docker logs -f` of the same; and what it costs that several look. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { SOCKET_PATH, type ClientToServer, type ServerToClient } from '#lib/protocol/socket.ts';
import { ArchiveOnDisk } from '#lib/server/testing/archive-on-disk.ts';
import { say } from '../scripts/say.mjs';
import { TEST_IMAGES } from '../scripts/test-engine.ts';
import { removeAgent, spawnAgent } from './agents.ts';
import type { PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';
import { median } from './statistics.ts';

export interface LogsOptions extends SiteOptions {
  readonly lines: number;
  readonly logRounds: number;
}

const VIEWERS = 5;
const LOOK_EVERY_MS = 20;
const run = promisify(execFile);

/** Lines of 100 bytes with their newline, after a moment in which somebody can begin to look. */
function writer(lines: number): readonly string[] {
  const text =
    '%07d the quick brown fox jumps over the lazy dog, and what it says about it is written down in this line.';
  const program = `BEGIN { for (i = 1; i <= ${lines}; i++) printf "${text}\\n", i; print "end" }`;
  return ['sh', '-c', `sleep 1; awk '${program}'`];
}

export async function measureLogs(options: LogsOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    const samples = {
      dockerMs: [] as number[],
      archivedMs: [] as number[],
      oneViewerMs: [] as number[],
      fiveViewersMs: [] as number[],
      serverCpuMs: [] as number[],
    };
    for (let round = 0; round < options.logRounds; round += 1) {
      samples.dockerMs.push(await dockerMs(site, options.lines, round));
      const cpu = site.serverCpuMs();
      samples.archivedMs.push(await archivedMs(site, options.lines, `none-${round}`, 0));
      samples.serverCpuMs.push(site.serverCpuMs() - cpu);
      samples.oneViewerMs.push(await archivedMs(site, options.lines, `one-${round}`, 1));
      samples.fiveViewersMs.push(await archivedMs(site, options.lines, `five-${round}`, VIEWERS));
      say(`logs: ${round + 1} of ${options.logRounds}`);
    }
    const [docker, archived] = [median(samples.dockerMs), median(samples.archivedMs)];
    return {
      figures: [
        { what: `${options.lines} lines, docker logs -f`, value: docker, unit: 'ms' },
        { what: 'until they are archived', value: archived, unit: 'ms' },
        { what: 'archived against docker logs -f', value: archived / docker, unit: 'x', atMost: 1.3 },
        {
          what: 'five viewers against one',
          value: median(samples.fiveViewersMs) / median(samples.oneViewerMs),
          unit: 'x',
          atMost: 1.3,
        },
        {
          what: 'CPU of the server for 100,000 lines',
          value: (median(samples.serverCpuMs) / options.lines) * 100_000,
          unit: 'ms',
        },
      ],
      samples,
      details: { viewers: VIEWERS },
    };
  });
}

/** From the first line's time, by the engine's clock, which is this machine's. */
async function dockerMs({ engine }: BenchSite, lines: number, round: number): Promise<number> {
  const name = `logs-docker-${round}`;
  const limit = ['--log-opt', 'max-size=1g', '--log-opt', 'max-file=1'];
  await engine.cli(
    'run',
    '-d',
    '--name',
    name,
    '--network',
    'none',
    ...limit,
    TEST_IMAGES.busybox,
    ...writer(lines),
  );
  await run('sh', ['-c', 'docker -H "$1" logs -f "$2" > /dev/null', 'sh', `unix://${engine.socket}`, name]);
  const ended = Date.now();
  const first = await run('sh', [
    '-c',
    'docker -H "$1" logs -t "$2" | head -1',
    'sh',
    `unix://${engine.socket}`,
    name,
  ]);
  await engine.cli('rm', '-f', name);
  return ended - Date.parse(first.stdout.split(' ')[0] ?? '');
}

async function archivedMs(site: BenchSite, lines: number, word: string, viewers: number): Promise<number> {
  const { agent } = await spawnAgent(site, {
    name: `logs-${word}`,
    image: TEST_IMAGES.busybox,
    command: writer(lines),
    networks: ['none'],
    tty: false,
    resources: { memory: '256m', cpu: 2 },
    logging: { maxSize: '1g', maxFile: 1 },
  });
  const sockets = Array.from({ length: viewers }, () => follow(site.url, agent.id));
  const archive = new ArchiveOnDisk(site.dataDirectory, agent.id);
  let last = archive.lastText();
  for (; last !== 'end'; last = archive.lastText()) {
    site.signal.throwIfAborted();
    await delay(LOOK_EVERY_MS);
  }
  const ended = Date.now();
  for (const socket of sockets) socket.close();
  const first = (await archive.lines())[0]?.time ?? '';
  await removeAgent(site, agent);
  return ended - Date.parse(first);
}

function follow(url: string, agentId: string): Socket<ServerToClient, ClientToServer> {
  const socket: Socket<ServerToClient, ClientToServer> = io(url, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { origin: url },
  });
  socket.emit('followLog', agentId, null, () => undefined);
  return socket;
}
