/** The sshd inside agents that ask for one: keys of their own, put in place when a container is made, and started after each start. */
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { pack } from 'tar-stream';
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import type { CreateBody } from '#lib/domain/docker-run/create-body.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import {
  hexPort,
  NO_SSHD,
  sshdFiles,
  SSHD_FOLDER,
  sshdPort,
  START_SSHD,
  withSshd,
} from '#lib/domain/sshd.ts';
import type { Engine } from '../engine/engine.ts';
import type { SshdKeyRepository, SshdKeyRow } from '../storage/sshd-keys.ts';
import type { InsideDial } from './inside-dial.ts';
import { isNoProgram } from './inside-shell.ts';
import type { Seal } from './seal.ts';
import { makeKeyPair } from './ssh-key-text.ts';
import { handshake } from './sshd-handshake.ts';

const READY_MS = 60_000;
const START_MS = 15_000;
const PAUSE_MS = 300;

export interface SshdKeys {
  readonly hostKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostPublic: string;
  readonly clientKey: string;
  readonly clientPublic: string;
}

export interface SshdMade {
  readonly body: CreateBody;
  /** Writes the files into the container, which has not been started yet. */
  readonly write: (engine: Engine, containerId: string, signal: AbortSignal) => Promise<void>;
}

export class Sshd {
  readonly #rows: SshdKeyRepository;
  readonly #seal: Seal;
  readonly #dial: InsideDial;

  constructor(parts: {
    readonly sshdRows: SshdKeyRepository;
    readonly seal: Seal;
    readonly dial: InsideDial;
  }) {
    this.#rows = parts.sshdRows;
    this.#seal = parts.seal;
    this.#dial = parts.dial;
  }

  /** Throws VALIDATION where the container could have none. */
  async prepare(
    engine: Engine,
    wish: {
      readonly agent: { readonly id: AgentId };
      readonly spec: Pick<AgentSpec, 'ssh'>;
      readonly body: CreateBody;
      readonly imageId: string;
    },
  ): Promise<SshdMade> {
    const { body, agent, spec } = wish;
    if (!spec.ssh) return { body, write: () => Promise.resolve() };
    const user = body.User ?? (await engine.inspectImage(wish.imageId))?.config?.user ?? '';
    const keys = this.keys(agent.id);
    return {
      body: withSshd(body, user),
      write: async (on, containerId, signal) => {
        const tar = pack();
        for (const { name, mode, text } of sshdFiles(user, keys)) tar.entry({ name, mode }, text);
        tar.finalize();
        await on.writeArchive(containerId, SSHD_FOLDER, await buffer(tar), signal);
      },
    };
  }

  /** Those of an agent; made when there are none. */
  keys(agentId: AgentId): SshdKeys {
    const known = this.#rows.of(agentId);
    if (known !== undefined) return this.#opened(known);
    const host = makeKeyPair();
    const client = makeKeyPair();
    const row: SshdKeyRow = {
      agentId,
      hostKey: this.#seal.close(host.privateKey, purpose(agentId, 'host')),
      hostPublic: host.publicKey,
      clientKey: this.#seal.close(client.privateKey, purpose(agentId, 'client')),
      clientPublic: client.publicKey,
    };
    this.#rows.insert(row);
    return this.#opened(row);
  }

  forget(agentId: AgentId): void {
    this.#rows.delete(agentId);
  }

  /**
   * Starts it where it does not run, and waits until a login works: 60 s at most. Gives how long that took in words. Throws VALIDATION that
   * names the package when the image has none, READY_TIMEOUT.
   */
  async up(engine: Engine, agentId: AgentId, containerId: string, signal?: AbortSignal): Promise<string> {
    const began = Date.now();
    const user = await containerUser(engine, containerId, signal);
    const port = sshdPort(user);
    await startIt(engine, containerId, hexPort(port), signal);
    const { clientKey, hostPublic } = this.keys(agentId);
    const name = await loginName(engine, containerId, user, signal);
    for (;;) {
      const session = await this.#dial.open(engine, containerId, port);
      try {
        await handshake(session, { user: name, clientKey, hostPublic });
        return `ssh answers after ${((Date.now() - began) / 1000).toFixed(1)} s`;
      } catch (error) {
        if (Date.now() - began > READY_MS) {
          const why = error instanceof Error ? error.message : String(error);
          throw new AppError('READY_TIMEOUT', `No login by ssh worked within 60 s: ${why}`, { cause: error });
        }
      }
      await delay(PAUSE_MS, undefined, signal === undefined ? {} : { signal });
    }
  }

  #opened(row: SshdKeyRow): SshdKeys {
    return {
      hostPublic: row.hostPublic,
      clientPublic: row.clientPublic,
      hostKey: this.#seal.open(row.hostKey, purpose(row.agentId, 'host')),
      clientKey: this.#seal.open(row.clientKey, purpose(row.agentId, 'client')),
    };
  }
}

/** For `waitUntilReady`; undefined when the agent has none. */
export function sshdUp(
  sshd: Sshd,
  engine: Engine,
  agent: { readonly id: AgentId; readonly spec: Pick<AgentSpec, 'ssh'> },
  containerId: string,
): ((signal?: AbortSignal) => Promise<string>) | undefined {
  return agent.spec.ssh ? (signal) => sshd.up(engine, agent.id, containerId, signal) : undefined;
}

/** Who a container runs as, in the words it was made with; empty: root. */
export async function containerUser(
  engine: Engine,
  containerId: string,
  signal?: AbortSignal,
): Promise<string> {
  const { raw } = await engine.inspectContainer(containerId, signal);
  const config: unknown = raw['Config'];
  const user: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, 'User') : '';
  return typeof user === 'string' ? user : '';
}

/** What the container calls this user: sshd lets nobody in without a name. */
export async function loginName(
  engine: Engine,
  containerId: string,
  user: string,
  signal?: AbortSignal,
): Promise<string> {
  const said = user.split(':')[0] ?? '';
  if (said !== '' && !/^\d+$/.test(said)) return said;
  if (said === '' || said === '0') return 'root';
  const { stdout, exitCode } = await engine.execute(containerId, {
    command: ['id', '-un'],
    timeoutMs: START_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if (exitCode === 0) return stdout.toString().trim();
  throw new AppError(
    'VALIDATION',
    `ssh: user ${said} has no name in the image, and sshd lets nobody in without one`,
  );
}

async function startIt(
  engine: Engine,
  containerId: string,
  port: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const command = ['sh', '-c', START_SSHD, 'sh', port];
  const ran = await engine
    .execute(containerId, { command, timeoutMs: START_MS, ...(signal === undefined ? {} : { signal }) })
    .catch((error: unknown) => {
      if (isNoProgram(error)) return null;
      throw error;
    });
  if (ran === null || ran.exitCode === NO_SSHD) {
    throw new AppError('VALIDATION', 'The image has no sshd: "ssh" needs the package openssh-server in it', {
      hint: 'Install openssh-server in the image, or leave "ssh" out: the ssh gateway needs nothing in the image.',
      details: { fields: [{ field: 'ssh', value: true, rule: 'needs openssh-server in the image' }] },
    });
  }
  if (ran.exitCode === 0) return;
  const said = ran.stderr.toString().trim();
  throw new AppError('CONFLICT', `sshd did not start: ${said === '' ? `code ${ran.exitCode}` : said}`);
}

function purpose(agentId: AgentId, which: 'host' | 'client'): string {
  return `sshd:${agentId}:${which}`;
}
