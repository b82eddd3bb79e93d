/**
 * A container engine in memory, for tests of what is built on the port and for states of the interface. It does only what the real one
 * does: engine.contract.ts runs on both, and where they differ this one is wrong.
 *
 * Beside the port it has levers: what a person, a process or a broken network would do to a real engine.
 */
import type { Engine, ImageFacts, PathChange, RegistryLogin } from '../engine.ts';
import type { Method } from './calls.ts';
import { realClock, type Clock } from './clock.ts';
import { Conditions } from './conditions.ts';
import { pretend } from './container-files.ts';
import { FakePort } from './fake-port.ts';
import { toFacts, type ImageOptions } from './image.ts';
import type { SocketFault } from './refusal.ts';
import type { Use } from './resource-use.ts';
import { World } from './world.ts';

export interface FakeEngineOptions {
  /** A clock that a test drives; without it the fake lives in real time. */
  readonly clock?: Clock;
  readonly name?: string;
  readonly cpus?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly version?: string;
  readonly apiVersion?: string;
  readonly runtimes?: readonly string[];
  /** Its storage driver can limit the disk of a container; by default it cannot. */
  readonly diskQuota?: boolean;
  /** Its engine has a driver for GPUs; by default it has none. */
  readonly gpus?: boolean;
  /** How long a call waits for an engine that hangs. */
  readonly callMs?: number;
}

const GIB = 1024 ** 3;

export class FakeEngine extends FakePort {
  constructor(options: FakeEngineOptions = {}) {
    const { clock = realClock, callMs = 10_000 } = options;
    const { name = 'fake', cpus = 4, memory = 16 * GIB, version = '20.10.24', apiVersion = '1.41' } = options;
    const { runtimes = ['runc'], diskQuota = false, gpus = false } = options;
    const host = { name, cpus, memory, version, apiVersion, runtimes, diskQuota, gpus };
    super(new World(host, clock), new Conditions(clock, callMs));
  }

  /** Connects, as a host does it. Rejects with SOCKET_ERROR while the engine is away. */
  open(): Promise<Engine> {
    return this.calls.make({ method: 'open', doing: 'ping' }, () => this);
  }

  /** An image that is here. */
  addImage(reference: string, options: ImageOptions = {}): ImageFacts {
    return toFacts(this.world.images.add(reference, options));
  }

  /** An image that can be pulled. A registry for which nothing was published cannot be reached. */
  publish(reference: string, options: ImageOptions = {}): void {
    this.world.registry.publish(reference, this.world.images.content(options));
  }

  /** A registry that can be reached and takes what is pushed: `127.0.0.1:5000`. */
  openRegistry(address: string): void {
    this.world.registry.open(address);
  }

  /** The registry of this login takes no other from now on, for anything. */
  requireLogin(login: RegistryLogin): void {
    this.world.registry.requireLogin(login);
  }

  /** A layer of a published image breaks off in the middle of its pull. */
  breakLayer(reference: string): void {
    this.world.registry.breakLayer(reference);
  }

  /** Output of the main process. A newline ends a line, as for the real engine. */
  write(id: string, stream: 'stdout' | 'stderr', text: string): void {
    this.world.containers.running(id).write(stream, text);
  }

  /** The main process ends by itself. */
  exit(id: string, code: number, options: { readonly oom?: boolean } = {}): void {
    this.world.containers.running(id).exit(code, options.oom ?? false);
  }

  /** What the container uses from now on. */
  use(id: string, use: Partial<Use>): void {
    this.world.containers.find(id).use.change(use);
  }

  /** What of its files differs from its image from now on. */
  change(id: string, changes: readonly PathChange[]): void {
    const container = this.world.containers.find(id);
    container.changed = changes;
    pretend(container);
  }

  /** The engine cannot be reached: streams break, calls reject with SOCKET_ERROR. Its containers go on unseen. */
  goAway(fault: Exclude<SocketFault, 'ECONNRESET'> = 'ECONNREFUSED'): void {
    this.conditions.cut(fault);
  }

  /**
   * Ends goAway, hang and hold. With `rebooted` the engine itself was killed: what ran was ended with 137 and without an event, containers
   * with restart policy always or unless-stopped run again, and past events are forgotten.
   */
  comeBack(options: { readonly rebooted?: boolean } = {}): void {
    if (options.rebooted === true) {
      this.world.events.forget();
      for (const container of this.world.containers.all()) container.lose(137);
    }
    this.conditions.heal();
  }

  /** The engine accepts calls and never answers; streams give nothing and do not end. */
  hang(): void {
    this.conditions.hold('all');
  }

  /** Calls of one method get no answer until the returned function is called. */
  hold(method: Method): () => void {
    return this.conditions.hold(method);
  }

  /** Each call, or each of one method, takes this much longer. */
  delay(ms: number, method?: Method): void {
    this.conditions.delay(method ?? 'all', ms);
  }

  /** The next calls of one method fail. `afterEffect`: the engine did it, and the answer was lost. */
  failNext(
    method: Method,
    error: Error,
    options: { readonly times?: number; readonly afterEffect?: boolean } = {},
  ): void {
    this.conditions.failNext(method, error, options.times ?? 1, options.afterEffect ?? false);
  }
}
