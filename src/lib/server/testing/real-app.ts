/**
 * The whole of Slipway, without its doors, on a real Docker Engine of its own, so that a test may count what is there and use it up. To use
 * one that runs already while you write a test, name its socket in SLIPWAY_REAL_SOCKET.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId, type HostId } from '#lib/domain/ids.ts';
import type { HostView } from '#lib/protocol/views.ts';
import { connectLocal } from '../hosts/local.ts';
import { DockerEngine } from '../engine/docker/docker-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { busyboxFiles, importImage } from '../engine/testing/tiny-image.ts';
import type { App, StartOptions } from '../app.ts';
import type { Actor } from '../services/access.ts';
import { openDatabase } from '../storage/database.ts';
import { SettingsRepository } from '../storage/settings.ts';
import { anApp } from './app.ts';
import { startTestEngine, whyNoTestEngine } from '../../../../scripts/test-engine.ts';
import { person } from './world.ts';

const run = promisify(execFile);

const GIVEN = process.env['SLIPWAY_REAL_SOCKET'] ?? '';

/** Why there can be no engine here, for `describe.skipIf`; undefined where there can. */
export const NO_ENGINE = GIVEN === '' ? whyNoTestEngine() : undefined;

/** What an engine holds that somebody could leave behind. */
export interface Holdings {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly images: readonly string[];
}

export interface RealApp {
  readonly app: App;
  readonly admin: Actor;
  /** A connection of its own, for looks behind Slipway's back. */
  readonly engine: Engine;
  /** A busybox under a name that only this app knows; `CMD ["sh"]`. */
  readonly image: string;
  readonly socket: string;
  /** Of this app alone: eight hex digits. */
  readonly run: string;
  /** The docker CLI on the same engine; gives what it printed. */
  readonly docker: (...args: string[]) => Promise<string>;
  readonly holdings: () => Promise<Holdings>;
  /** Ends Slipway and starts it again on its data: `app` is another one afterwards. */
  readonly restart: () => Promise<void>;
  /** A second host, on the engine of this socket; it is online when it resolves. Gone after a restart. */
  readonly addHost: (name: string, socket: string, kind?: HostView['kind']) => Promise<Engine>;
  readonly close: () => Promise<void>;
}

export async function realApp(
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly idleClock?: StartOptions['idleClock'];
    /** Of another app's engine: a second Slipway beside it. */
    readonly socket?: string;
  } = {},
): Promise<RealApp> {
  const own = GIVEN === '' && options.socket === undefined ? await startTestEngine({ own: true }) : null;
  const socket = options.socket ?? own?.socket ?? GIVEN;
  const id = crypto.randomUUID().slice(0, 8);
  const image = `slipway-test/real:${id}`;
  await importImage(socket, image, busyboxFiles());
  const open = () => DockerEngine.open({ connect: () => connectLocal({ path: socket }) });
  const engine = await open();
  const network = `slipway-real-${id}`;
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-real-'));
  const start = () =>
    anApp({
      dataDir,
      env: { DOCKER_NETWORK: network, ...options.env },
      openEngine: open,
      shared: true,
      ...(options.idleClock === undefined ? {} : { idleClock: options.idleClock }),
    });
  let started = await start();
  const docker = async (...args: string[]): Promise<string> =>
    (await run('docker', ['-H', `unix://${socket}`, ...args])).stdout.trim();
  const admin = person('admin', 'ada');
  return {
    get app() {
      return started.app;
    },
    admin,
    engine,
    image,
    socket,
    run: id,
    docker,
    holdings: async () => ({
      containers: (await engine.listContainers()).map((each) => each.name).sort(),
      networks: (await engine.listNetworks()).map((each) => each.name).sort(),
      volumes: (await engine.listVolumes()).map((each) => each.name).sort(),
      images: (await engine.listImages())
        .flatMap((each) => (each.tags.length === 0 ? [each.id] : each.tags))
        .sort(),
    }),
    restart: async () => {
      await started.close();
      started = await start();
    },
    addHost: async (name, there, kind = 'local') => {
      const address = `unix://${there}`;
      const row = { id: newId<HostId>(), name, kind, address };
      const database = openDatabase(join(dataDir, 'slipway.db'), 'drizzle');
      new SettingsRepository(database.db).insertHost({ ...row, engineId: null, createdAt: Date.now() });
      database.close();
      const connect = () => connectLocal({ path: there });
      const host = started.app.fleet.add({ ...row, open: () => DockerEngine.open({ connect }) });
      await host.start();
      return host.engine();
    },
    close: async () => {
      const left = started.app.services.agents.list(admin);
      await Promise.allSettled(
        left.map((agent) =>
          started.app.services.agents.remove(admin, agent.id, { force: true, timeout: 0 }, { wait: true }),
        ),
      );
      await started.close();
      rmSync(dataDir, { recursive: true, force: true });
      const networks = await engine.listNetworks();
      for (const each of networks)
        if (each.name === network) await engine.removeNetwork(each.id).catch(() => undefined);
      const images = await engine.listImages();
      const snapshots = images.flatMap((each) => each.tags).filter((tag) => tag.startsWith(`slipway/${id}`));
      for (const tag of [...snapshots, image])
        await engine.removeImage(tag, { force: true }).catch(() => undefined);
      engine.close();
      await own?.stop();
    },
  };
}
