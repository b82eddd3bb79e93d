/**
 * A terminal through Slipway's socket against `docker exec -it` of the same program in the same run: how long until a key comes back, and how
 * fast a large file is shown. `script` gives the docker CLI the terminal that it wants.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { SOCKET_PATH, type ClientToServer, type ServerToClient } from '#lib/protocol/socket.ts';
import type { TerminalView } from '#lib/protocol/terminal.ts';
import { spawnAgent } from './agents.ts';
import type { PartReport } from './report.ts';
import { withSite, type BenchSite, type SiteOptions } from './site.ts';
import { median, quantile } from './statistics.ts';

const WARM_UP_KEYS = 20;
const FILE = '/tmp/large';
const READY = 'ready';

export interface TerminalOptions extends SiteOptions {
  readonly keys: number;
  /** Of the file that is shown. */
  readonly showMb: number;
}

/** A terminal that something types in. */
interface Typed {
  type(text: string): void;
  /** Resolves when it has shown so many bytes since the last call. */
  shown(bytes: number): Promise<void>;
  /** Resolves when the program has ended. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

type Open = (command: readonly string[]) => Promise<Typed>;

export async function measureTerminal(options: TerminalOptions): Promise<PartReport> {
  return withSite(options, async (site) => {
    const { agent } = await spawnAgent(site, { name: 'typed', command: ['sleep', 'infinity'] });
    const megabytes = String(options.showMb);
    await site.engine.cli(
      'exec',
      'typed',
      'sh',
      '-c',
      `yes 'a line of a large file, eighty columns wide or so, with numbers 0123456789' | head -c ${megabytes}000000 > ${FILE}`,
    );
    const bySlipway: Open = (command) => openBySlipway(site, agent.id, command);
    const byDocker: Open = (command) => Promise.resolve(openByDocker(site, command));
    const slipway = await openedKeys(bySlipway);
    const docker = await openedKeys(byDocker);
    const keys: Record<'slipway' | 'docker', number[]> = { slipway: [], docker: [] };
    for (let key = -WARM_UP_KEYS; key < options.keys; key += 1) {
      const [viaSlipway, viaDocker] = [await keyMs(slipway), await keyMs(docker)];
      if (key < 0) continue;
      keys.slipway.push(viaSlipway);
      keys.docker.push(viaDocker);
    }
    await slipway.close();
    await docker.close();
    const shows = { docker: await showMs(byDocker), slipway: await showMs(bySlipway) };
    const p95 = { slipway: quantile(keys.slipway, 0.95), docker: quantile(keys.docker, 0.95) };
    return {
      figures: [
        { what: 'key by the socket, p50', value: median(keys.slipway), unit: 'ms' },
        { what: 'key by docker exec, p50', value: median(keys.docker), unit: 'ms' },
        { what: 'added to a key, p95', value: p95.slipway - p95.docker, unit: 'ms', under: 15 },
        { what: `${megabytes} MB by the socket`, value: shows.slipway, unit: 'ms' },
        { what: `${megabytes} MB by docker exec`, value: shows.docker, unit: 'ms' },
        { what: 'showing against docker exec', value: shows.slipway / shows.docker, unit: 'x', atMost: 2 },
      ],
      samples: { slipwayKeysMs: keys.slipway, dockerKeysMs: keys.docker },
      details: { p95 },
    };
  });
}

async function openedKeys(open: Open): Promise<Typed> {
  const typed = await open(['sh', '-c', `echo ${READY}; exec cat`]);
  // until the docker CLI has its terminal, what is typed comes back from ours
  await typed.shown(READY.length);
  return typed;
}

async function keyMs(typed: Typed): Promise<number> {
  const begun = performance.now();
  typed.type('x');
  await typed.shown(1);
  return performance.now() - begun;
}

async function showMs(open: Open): Promise<number> {
  const begun = performance.now();
  const typed = await open(['cat', FILE]);
  await typed.ended;
  const ms = performance.now() - begun;
  await typed.close();
  return ms;
}

/** Counts what is shown and wakes who waits for it. */
class Shown {
  #bytes = 0;
  #wanted: { readonly bytes: number; readonly reached: () => void } | null = null;

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#wanted === null || this.#bytes < this.#wanted.bytes) return;
    this.#bytes = 0;
    this.#wanted.reached();
    this.#wanted = null;
  }

  /** What comes from now on counts. */
  reset(): void {
    this.#bytes = 0;
  }

  async until(bytes: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wanted = { bytes, reached: resolve };
      this.add(0);
    });
  }
}

function openByDocker(site: BenchSite, command: readonly string[]): Typed {
  const line = `docker -H unix://${site.engine.socket} exec -it typed ${command.map((word) => `'${word}'`).join(' ')}`;
  const child: ChildProcessWithoutNullStreams = spawn('script', ['-qfc', line, '/dev/null']);
  const shown = new Shown();
  child.stdout.on('data', (bytes: Buffer) => {
    shown.add(bytes.length);
  });
  const ended = once(child, 'exit').then(() => undefined);
  return {
    type: (text) => {
      shown.reset();
      child.stdin.write(text);
    },
    shown: (bytes) => shown.until(bytes),
    ended,
    close: async () => {
      child.kill();
      await ended;
    },
  };
}

async function openBySlipway(site: BenchSite, agentId: string, command: readonly string[]): Promise<Typed> {
  const { body } = await site.slipway.call(`/api/agents/${agentId}/terminals`, {
    method: 'POST',
    body: { command },
  });
  const terminal = JSON.parse(body.toString()) as TerminalView;
  const socket: Socket<ServerToClient, ClientToServer> = io(site.url, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    extraHeaders: { origin: site.url },
  });
  const shown = new Shown();
  const over = Promise.withResolvers<undefined>();
  socket.on('terminalOutput', (id, bytes) => {
    shown.add(bytes.length);
    socket.emit('terminalDrawn', id, bytes.length);
  });
  socket.on('terminalChanged', ({ state }) => {
    if (state === 'ended') over.resolve(undefined);
  });
  await new Promise<void>((resolve, reject) => {
    socket.emit('joinTerminal', terminal.id, (answer) => {
      if (answer.ok) {
        // what it printed before is on its screen already
        shown.add(answer.value.screen.length);
        resolve();
      } else reject(new Error(answer.error.message));
    });
  });
  return {
    type: (text) => {
      shown.reset();
      socket.emit('terminalInput', terminal.id, Buffer.from(text), () => undefined);
    },
    shown: (bytes) => shown.until(bytes),
    ended: over.promise,
    close: async () => {
      await site.slipway.call(`/api/terminals/${terminal.id}`, { method: 'DELETE' });
      socket.disconnect();
    },
  };
}
