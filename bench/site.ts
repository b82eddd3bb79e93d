/** What a part measures on: a Docker engine of its own in namespaces of its own, and the built Slipway on it. All of it goes with the part. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ServerProcess } from '../e2e/support/server-process.ts';
import { startTestEngine, type TestEngine } from '../scripts/test-engine.ts';
import { cpuMs } from './engine-cpu.ts';
import { EngineTap } from './engine-tap.ts';
import { HttpClient } from './http-client.ts';

export interface SiteOptions {
  /** Ends everything; what was started is taken away all the same. */
  readonly signal: AbortSignal;
  /** Where the server leaves a CPU profile at its end; null for none. */
  readonly profileDirectory: string | null;
  /** More settings of the server. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface BenchSite {
  readonly url: string;
  /** Talks to Slipway. */
  readonly slipway: HttpClient;
  /** Talks to the engine, past Slipway and past the tap. */
  readonly docker: HttpClient;
  readonly engine: TestEngine;
  readonly signal: AbortSignal;
  /** The server's own. */
  readonly dataDirectory: string;
  /** CPU time of the server since its start, in steps of 10 ms. */
  serverCpuMs(): number;
  /** What the server has in memory now (its resident set). */
  serverMemoryKb(): number;
}

/** A tap slows each call to the engine down a little: only where calls are counted. */
export async function withTappedSite<Result>(
  options: SiteOptions,
  work: (site: BenchSite, tap: EngineTap) => Promise<Result>,
): Promise<Result> {
  return withEngine(options, async (engine, directory) => {
    const tap = await EngineTap.start(path.join(directory, 'engine.sock'), engine.socket);
    try {
      return await withServer(options, engine, tap.socket, directory, (site) => work(site, tap));
    } finally {
      await tap.close();
    }
  });
}

export async function withSite<Result>(
  options: SiteOptions,
  work: (site: BenchSite) => Promise<Result>,
): Promise<Result> {
  return withEngine(options, (engine, directory) =>
    withServer(options, engine, engine.socket, directory, work),
  );
}

/** Agents and containers need no removing: they end with the machine that their engine is in. */
async function withEngine<Result>(
  { signal }: SiteOptions,
  work: (engine: TestEngine, directory: string) => Promise<Result>,
): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(path.join(os.tmpdir(), 'slipway-bench-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const engine = await startTestEngine({ own: true });
  stack.defer(() => engine.stop());
  signal.throwIfAborted();
  return await work(engine, directory);
}

async function withServer<Result>(
  { signal, profileDirectory, env = {} }: SiteOptions,
  engine: TestEngine,
  socket: string,
  directory: string,
  work: (site: BenchSite) => Promise<Result>,
): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  const server = await ServerProcess.start(
    { ...environment(socket, directory, profileDirectory), ...env },
    directory,
  );
  stack.defer(async () => {
    await server.end('SIGTERM');
  });
  signal.throwIfAborted();
  const { hostname, port } = new URL(server.url);
  const slipway = new HttpClient({ host: hostname, port: Number(port) }, signal);
  stack.defer(() => slipway.close());
  const docker = new HttpClient({ socketPath: engine.socket }, signal);
  stack.defer(() => docker.close());
  const pid = serverPid();
  const dataDirectory = path.join(directory, 'data');
  const serverCpuMs = () => cpuMs(pid);
  const serverMemoryKb = () => memoryKb(pid);
  return await work({
    url: server.url,
    slipway,
    docker,
    engine,
    signal,
    dataDirectory,
    serverCpuMs,
    serverMemoryKb,
  });
}

function environment(
  socket: string,
  directory: string,
  profileDirectory: string | null,
): Record<string, string> {
  return {
    PORT: '0',
    SLIPWAY_AUTH: 'none',
    SLIPWAY_DATA_DIR: path.join(directory, 'data'),
    DOCKER_HOST: `unix://${socket}`,
    ...(profileDirectory === null ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileDirectory}` }),
  };
}

/** The child of ours that runs server.js. */
function serverPid(): number {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ');
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server.js'));
  if (found === undefined) throw new Error('the server is not among the children of this process');
  return Number(found);
}

/** As the kernel counts it: kB of 1,024 bytes, given as kB of 1,000. */
function memoryKb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1.024);
}
