/**
 * One host: keeps a connection to its engine, says in which state it is, and comes back by itself.
 *
 * A hung engine, a frozen machine and a cut link give no event on any stream; only a ping with a limit shows them. So: a ping every
 * `pingEveryMs` on the engine's own connections; two misses make it offline, and its streams are torn down with it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { HostId } from '#lib/domain/ids.ts';
import { AppError, type Problem } from '#lib/domain/errors.ts';
import type { EngineView, HostState, HostView } from '#lib/protocol/views.ts';
import type { Engine, EngineInfo } from '../engine/engine.ts';

export interface HostOptions {
  readonly id: HostId;
  readonly name: string;
  readonly kind: HostView['kind'];
  readonly address: string;
  /** Connects and negotiates. Rejects with SOCKET_ERROR or HOST_UNREACHABLE when there is no engine. */
  readonly open: () => Promise<Engine>;
  /** Nothing is ever pulled to it. */
  readonly noPull?: boolean;
  readonly pingEveryMs?: number;
  readonly pingTimeoutMs?: number;
  /** First and longest pause between tries to reach an engine that is away. */
  readonly backOffMs?: { readonly first: number; readonly longest: number };
}

const CLOSE_MS = 500;

export interface HostListener {
  /** The state, the reason or the engine's facts changed. */
  changed(host: Host): void;
  /** An engine answers now; everything known about it is old. The signal ends when it goes away. */
  online(host: Host, engine: Engine, signal: AbortSignal): void;
}

export class Host {
  readonly id: HostId;
  readonly name: string;
  readonly #options: HostOptions;
  readonly #listener: HostListener;
  readonly #closed = new AbortController();
  #wake = Promise.withResolvers<undefined>();
  #engine: Engine | null = null;
  #session = new AbortController();
  #state: HostState = 'connecting';
  #since = Date.now();
  #error: Problem | null = null;
  #info: EngineInfo | null = null;
  #nextTryAt: number | null = null;
  #running: Promise<void> | null = null;
  readonly #firstAnswer = Promise.withResolvers<undefined>();

  constructor(options: HostOptions, listener: HostListener) {
    this.id = options.id;
    this.name = options.name;
    this.#options = options;
    this.#listener = listener;
  }

  get state(): HostState {
    return this.#state;
  }

  get info(): EngineInfo | null {
    return this.#info;
  }

  /** Nothing is ever pulled to it: what is not there, is not there. */
  get noPull(): boolean {
    return this.#options.noPull ?? false;
  }

  /** The engine, to give it work. Throws SOCKET_ERROR or HOST_UNREACHABLE with the remedy while it is away. */
  engine(): Engine {
    if (this.#engine !== null) return this.#engine;
    const code = this.#options.kind === 'local' ? 'SOCKET_ERROR' : 'HOST_UNREACHABLE';
    if (this.#error !== null) {
      throw new AppError(code, `${this.name}: ${this.#error.message}`, {
        hint: this.#error.hint,
        ...(this.#error.details === undefined ? {} : { details: this.#error.details }),
      });
    }
    throw new AppError(code, `${this.name} has not answered yet`);
  }

  /** Starts to connect. Resolves after the first answer or the first failure; the host goes on by itself from there. */
  start(): Promise<undefined> {
    this.#running ??= this.#live();
    return this.#firstAnswer.promise;
  }

  /** Somebody saw a stream break, or wants to know now: ping at once, or try again at once. */
  poke(): void {
    this.#wake.resolve(undefined);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#session.abort();
    this.poke();
    // a hung engine lets an open or a ping wait for its deadline: the end of Slipway does not
    await Promise.race([this.#running, delay(CLOSE_MS, undefined, { ref: false })]);
    this.#engine?.close();
    this.#engine = null;
  }

  view(): HostView {
    return {
      id: this.id,
      name: this.name,
      kind: this.#options.kind,
      address: this.#options.address,
      state: this.#state,
      since: new Date(this.#since).toISOString(),
      error: this.#error,
      engine: this.#info === null ? null : engineView(this.#info),
      nextTryAt: this.#nextTryAt === null ? null : new Date(this.#nextTryAt).toISOString(),
    };
  }

  async #live(): Promise<void> {
    const { first, longest } = this.#options.backOffMs ?? { first: 500, longest: 8_000 };
    let pause = first;
    while (!this.#closed.signal.aborted) {
      try {
        const engine = await this.#options.open();
        this.#info = await engine.info();
        pause = first;
        await this.#serve(engine);
      } catch (error) {
        this.#set('offline', toProblem(error));
      }
      this.#firstAnswer.resolve(undefined);
      if (this.#isClosed()) return;
      this.#nextTryAt = Date.now() + pause;
      this.#listener.changed(this);
      await this.#sleep(pause);
      this.#nextTryAt = null;
      pause = Math.min(pause * 2, longest);
    }
  }

  /** Until the engine goes away. */
  async #serve(engine: Engine): Promise<void> {
    const { pingEveryMs = 2_000, pingTimeoutMs = 2_500 } = this.#options;
    const session = new AbortController();
    this.#session = session;
    this.#engine = engine;
    this.#set('online', null);
    this.#listener.online(this, engine, session.signal);
    this.#firstAnswer.resolve(undefined);
    let misses = 0;
    try {
      while (!this.#closed.signal.aborted) {
        await this.#sleep(misses === 0 ? pingEveryMs : 250);
        if (this.#isClosed()) return;
        try {
          await engine.ping(pingTimeoutMs);
          if (misses > 0) this.#set('online', null);
          misses = 0;
        } catch (error) {
          misses += 1;
          if (misses >= 2) throw error;
          this.#set('degraded', toProblem(error));
        }
      }
    } finally {
      session.abort();
      this.#engine = null;
      engine.close();
    }
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  async #sleep(ms: number): Promise<void> {
    this.#wake = Promise.withResolvers();
    const timer = new AbortController();
    await Promise.race([
      delay(ms, undefined, { signal: timer.signal }).catch(() => undefined),
      this.#wake.promise,
    ]);
    timer.abort();
  }

  #set(state: HostState, error: Problem | null): void {
    const same = this.#state === state && this.#error?.message === error?.message;
    if (this.#state !== state) this.#since = Date.now();
    this.#state = state;
    this.#error = error;
    if (!same) this.#listener.changed(this);
  }
}

function toProblem(error: unknown): Problem {
  if (error instanceof AppError) return error.toProblem();
  return new AppError('ENGINE_ERROR', error instanceof Error ? error.message : String(error)).toProblem();
}

function engineView(info: EngineInfo): EngineView {
  return {
    id: info.id,
    version: info.version,
    apiVersion: info.apiVersion,
    os: info.os,
    cpus: info.cpus,
    memory: info.memory,
    cgroupVersion: info.cgroupVersion,
    storageDriver: info.storageDriver,
  };
}
