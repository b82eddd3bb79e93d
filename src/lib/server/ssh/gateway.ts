/**
 * Slipway as an ssh server: one more door in front of the services. Nobody gets in but by a key that a user has added; a key that nobody has
 * added and an agent that is not there get the same refusal.
 */
import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import ssh2, { type ClientInfo, type Connection } from 'ssh2';
import { AppError } from '#lib/domain/errors.ts';
import type { SshKeyId } from '#lib/domain/ids.ts';
import type { SshGatewayView } from '#lib/protocol/ssh.ts';
import type { Log } from '../log.ts';
import type { AppBus } from '../messages.ts';
import type { LoginLimit } from '../services/login-limit.ts';
import type { SshKeyService } from '../services/ssh-keys.ts';
import type { SshSessions } from '../services/ssh-sessions.ts';
import type { SshVisit } from '../services/ssh-visit.ts';
import type { HostKey } from './host-key.ts';
import { know } from './login.ts';
import { serveForward } from './serve-forward.ts';
import { serveSession } from './serve-session.ts';

const AUTH_MS = 20_000;
const MAX_CONNECTIONS = 200;
const MAX_CONNECTIONS_OF_ADDRESS = 50;
/** An ssh agent offers all of its keys one after the other. */
const MAX_KEYS_OFFERED = 10;
/** Those of one connection, all together: programs inside are what costs. */
const MAX_CHANNELS = 50;

/**
 * AES-GCM alone: every client of the last years has it, and would choose one of the others by its own order, which halves the speed here (CTR
 * with its digest, ChaCha20 without native code). No SHA-1.
 */
const ALGORITHMS = {
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256'],
  compress: ['none'],
} as const;

export interface GatewayParts {
  readonly keys: SshKeyService;
  readonly sessions: SshSessions;
  readonly limit: LoginLimit;
  readonly hostKey: HostKey;
  readonly bus: AppBus;
  readonly log: Log;
}

/** A connection whose user is known. */
interface Guest {
  readonly client: Connection;
  readonly keyId: SshKeyId;
}

export class SshGateway {
  readonly #parts: GatewayParts;
  readonly #ssh: InstanceType<typeof ssh2.Server>;
  readonly #net: NetServer;
  readonly #sockets = new Map<Socket, NodeJS.Timeout>();
  readonly #guests = new Set<Guest>();
  readonly #unheard: () => void;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#ssh = new ssh2.Server(
      {
        hostKeys: [parts.hostKey.privateKey],
        ident: 'Slipway',
        algorithms: {
          ...ALGORITHMS,
          cipher: [...ALGORITHMS.cipher],
          hmac: [...ALGORITHMS.hmac],
          compress: ['none'],
        },
        keepaliveInterval: 15_000,
        keepaliveCountMax: 3,
      },
      (client, info) => {
        this.#greet(client, info);
      },
    );
    this.#net = createServer({ noDelay: true }, (socket) => {
      this.#take(socket);
    });
    this.#unheard = parts.bus.on('facts', (facts) => {
      if (facts.some((fact) => fact.kind === 'changed' && fact.what === 'ssh-keys')) this.review();
    });
  }

  /** Throws what the system says when the port is taken. */
  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#net.once('error', reject);
      this.#net.listen({ host, port }, () => {
        this.#net.off('error', reject);
        resolve();
      });
    });
    const { fingerprint } = this.#parts.hostKey;
    this.#parts.log.info({ host, port: this.port, fingerprint }, 'ssh gateway');
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#net.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  view(): SshGatewayView {
    const address = this.#net.address();
    const host = typeof address === 'object' && address !== null ? address.address : null;
    const { publicKey, fingerprint } = this.#parts.hostKey;
    return {
      port: this.port,
      host: host === '0.0.0.0' || host === '::' ? null : host,
      fingerprint,
      hostKey: publicKey,
    };
  }

  /** Ends the connections whose key or user is gone. */
  review(): void {
    for (const { client, keyId } of this.#guests) if (this.#parts.keys.actorOf(keyId) === null) client.end();
  }

  async close(): Promise<void> {
    this.#unheard();
    const closed = new Promise<void>((resolve) => {
      this.#net.close(() => {
        resolve();
      });
    });
    for (const { client } of this.#guests) client.end();
    for (const socket of this.#sockets.keys()) socket.destroySoon();
    await closed;
  }

  #take(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const ofAddress = [...this.#sockets.keys()].filter((each) => each.remoteAddress === address).length;
    if (
      this.#sockets.size >= MAX_CONNECTIONS ||
      ofAddress >= MAX_CONNECTIONS_OF_ADDRESS ||
      this.#paused(address)
    ) {
      socket.destroy();
      return;
    }
    const timer = setTimeout(() => {
      socket.destroy();
    }, AUTH_MS);
    this.#sockets.set(socket, timer);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
    });
    this.#ssh.injectSocket(socket);
  }

  #paused(address: string, account = ''): boolean {
    try {
      this.#parts.limit.check(account, address);
      return false;
    } catch (error) {
      if (error instanceof AppError) return true;
      throw error;
    }
  }

  #greet(client: Connection, { ip: address, port }: ClientInfo): void {
    const { keys, limit, log } = this.#parts;
    let guest: (Guest & { readonly visit: () => SshVisit }) | null = null;
    let offered = 0;
    let account = '';
    client.on('error', (error) => {
      log.debug({ err: error, address }, 'ssh connection');
    });
    client.on('authentication', (context) => {
      account = context.username;
      if (context.method !== 'publickey') {
        context.reject(['publickey']);
        return;
      }
      offered += 1;
      const found = this.#paused(address, account) ? null : know(context, this.#parts);
      if (found === null) {
        context.reject(['publickey']);
        if (offered >= MAX_KEYS_OFFERED) client.end();
        return;
      }
      if (context.signature === undefined) {
        // the client asks whether this key would do, before it takes the trouble to sign
        context.accept();
        return;
      }
      guest = { client, ...found };
      context.accept();
    });
    client.once('ready', () => {
      if (guest === null) return;
      const { visit } = guest;
      limit.succeeded(account, address);
      keys.used(guest.keyId);
      this.#guests.add(guest);
      for (const [socket, timer] of this.#sockets)
        if (socket.remoteAddress === address && socket.remotePort === port) clearTimeout(timer);
      this.#welcome(client, visit);
    });
    client.once('close', () => {
      if (guest !== null) this.#guests.delete(guest);
      else if (offered > 0) {
        limit.failed(account, address);
        log.warn({ address, account }, 'ssh login refused');
      }
    });
  }

  #welcome(client: Connection, visit: () => SshVisit): void {
    const { sessions, log } = this.#parts;
    const onBug = (error: unknown) => {
      log.error({ err: error }, 'an ssh session broke');
    };
    let channels = 0;
    const counted = <Channel extends { once(event: 'close', listener: () => void): unknown }>(
      channel: Channel,
    ) => {
      channels += 1;
      channel.once('close', () => {
        channels -= 1;
      });
      return channel;
    };
    client.on('session', (accept, reject) => {
      if (channels >= MAX_CHANNELS) reject();
      else serveSession(counted(accept()), { sessions, visit, onBug });
    });
    client.on('tcpip', (accept, reject, info) => {
      if (channels >= MAX_CHANNELS) reject();
      else
        void serveForward(
          { open: () => counted(accept()), refuse: reject, host: info.destIP, port: info.destPort },
          { sessions, visit, onBug },
        );
    });
    // forwarding to the client's side, and whatever else there is
    client.on('request', (_accept, reject) => {
      if (typeof reject === 'function') reject();
    });
  }
}
