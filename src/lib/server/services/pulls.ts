/**
 * Pulls: one for each image, platform and host at a time, shared by all who want it, people and spawns alike. It ends when the last of them
 * has left, or when somebody cancels its operation; whoever asked for it by name (and not for an agent) never leaves.
 */
import { AppError } from '#lib/domain/errors.ts';
import type { OperationId } from '#lib/domain/ids.ts';
import { formatImageReference, parseImageReference } from '#lib/domain/image-reference.ts';
import { pullInput } from '#lib/domain/inputs/image-inputs.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { PullTarget, PullView } from '#lib/protocol/images.ts';
import type { OperationView, TransferView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Host } from '../hosts/host.ts';
import type { Journal } from '../storage/journal.ts';
import { TransferMeter } from '../streams/transfer-meter.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { ImagePolicyService } from './image-policy.ts';
import type { Operation, Operations } from './operations.ts';
import { refuseNoPull } from './no-pull.ts';
import { paced } from './paced.ts';
import type { RegistryService } from './registries.ts';

export interface PullParts {
  readonly fleet: Fleet;
  readonly operations: Operations;
  readonly journal: Journal;
  readonly policy: ImagePolicyService;
  readonly registries: RegistryService;
}

/** What somebody who waits for a pull hears. */
export interface PullListener {
  readonly progress: (percent: number | null, text: string, transfer: TransferView) => void;
  /** A line of the engine that is no progress. */
  readonly line: (text: string) => void;
}

export interface PullWish {
  readonly host: Host;
  readonly image: string;
  readonly platform: string | null;
  /** Who or what asks first. */
  readonly by: string;
}

interface SharedPull extends PullWish {
  readonly startedAt: number;
  readonly meter: TransferMeter;
  readonly listeners: Set<PullListener>;
  /** Ends it when nobody waits any more. */
  readonly left: AbortController;
  operationId: OperationId | null;
  done: Promise<void>;
  /** Somebody asked for the pull itself. */
  pinned: boolean;
}

const TELL_EVERY_MS = 250;

export class PullService {
  readonly #parts: PullParts;
  readonly #running = new Map<string, SharedPull>();

  constructor(parts: PullParts) {
    this.#parts = parts;
  }

  /**
   * Begins a pull, or joins the one that runs. Throws IMAGE_NOT_ALLOWED, and IMAGE_NOT_FOUND or CONFLICT where nothing is pulled to the host.
   * With `wait` what went wrong with it too.
   */
  async pull(
    actor: Actor | null,
    raw: unknown,
    options: { readonly wait?: boolean } = {},
  ): Promise<OperationView> {
    const who = authorize(actor, 'images.change');
    const { fleet, operations, policy } = this.#parts;
    const input = parseInput(pullInput, raw);
    const image = formatImageReference(parseImageReference(input.image));
    policy.refusePull(input.image);
    const host = fleet.place(input.host);
    if (host.noPull) await refuseNoPull(host, image);
    const shared = this.#join({ host, image, platform: input.platform ?? null, by: asReason(who) });
    shared.pinned = true;
    if (options.wait === true) await shared.done;
    return operations.get(who, shared.operationId ?? '');
  }

  /** Those that run now. */
  list(actor: Actor | null): readonly PullView[] {
    authorize(actor, 'images.see');
    return [...this.#running.values()].map((shared) => ({
      operationId: shared.operationId ?? '',
      image: shared.image,
      host: shared.host.name,
      platform: shared.platform,
      startedAt: new Date(shared.startedAt).toISOString(),
      percent: shared.meter.percent,
      text: shared.meter.text,
      transfer: shared.meter.view(),
    }));
  }

  targets(actor: Actor | null): readonly PullTarget[] {
    authorize(actor, 'images.see');
    return this.#parts.fleet.hosts().map((host) => ({ host: host.name, noPull: host.noPull }));
  }

  /**
   * For an agent that needs the image: resolves when it is there. `signal` only leaves; the others go on waiting. Throws IMAGE_NOT_ALLOWED
   * before anything is asked of the engine.
   */
  async bring(wish: PullWish, signal: AbortSignal, listener: PullListener): Promise<void> {
    const image = formatImageReference(parseImageReference(wish.image));
    this.#parts.policy.refusePull(wish.image);
    if (wish.host.noPull) await refuseNoPull(wish.host, image);
    const shared = this.#join({ ...wish, image });
    shared.listeners.add(listener);
    const { meter } = shared;
    if (meter.percent !== null) listener.progress(meter.percent, meter.text, meter.view());
    const leaving = Promise.withResolvers<never>();
    const leave = () => {
      leaving.reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    try {
      await Promise.race([shared.done, leaving.promise]);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AppError && error.code === 'CANCELLED')
        throw new AppError('PULL_FAILED', `The pull of ${image} was cancelled`, {
          hint: 'Somebody cancelled it while this agent waited for it. Start it again to pull anew.',
        });
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
      shared.listeners.delete(listener);
      if (shared.listeners.size === 0 && !shared.pinned) {
        this.#forget(shared);
        shared.left.abort(new AppError('CANCELLED', 'Nobody waits for it any more'));
      }
    }
  }

  #join(wish: PullWish): SharedPull {
    const known = this.#running.get(keyOf(wish));
    if (known !== undefined) return known;
    const { host, image, platform, by } = wish;
    const shared: SharedPull = {
      ...wish,
      startedAt: Date.now(),
      meter: new TransferMeter(),
      listeners: new Set(),
      left: new AbortController(),
      operationId: null,
      done: Promise.resolve(),
      pinned: false,
    };
    this.#running.set(keyOf(wish), shared);
    const started = this.#parts.operations.start(
      {
        kind: 'pull',
        agent: null,
        hostId: host.id,
        actor: by,
        steps: ['pull'],
        cancellable: true,
        request: { image, host: host.name, ...(platform === null ? {} : { platform }) },
      },
      (operation) => this.#work(operation, shared),
    );
    shared.operationId = started.id;
    shared.done = started.done;
    // who waits for it hears of a failure; nobody has to wait
    started.done.catch(() => undefined);
    return shared;
  }

  async #work(operation: Operation, shared: SharedPull): Promise<void> {
    const { host, image, by } = shared;
    // one that is ending takes in nobody new
    operation.signal.addEventListener('abort', () => {
      this.#forget(shared);
    });
    try {
      await operation.step('pull', async (note) => {
        await this.#transfer(operation, shared);
        note(`${image} on ${host.name}`);
      });
      this.#parts.journal.commit((tell) => {
        tell({ kind: 'changed', what: 'images', subject: image, by });
      });
    } finally {
      this.#forget(shared);
    }
  }

  async #transfer(operation: Operation, shared: SharedPull): Promise<void> {
    const { host, image, platform, meter, left, listeners } = shared;
    const engine = host.engine();
    const login = this.#parts.registries.loginFor(image);
    const signal = AbortSignal.any([operation.signal, left.signal]);
    const pace = paced(TELL_EVERY_MS, () => {
      const { percent, text } = meter;
      const transfer = meter.view();
      operation.progress('pull', percent, text, transfer);
      for (const each of listeners) each.progress(percent, text, transfer);
    });
    try {
      await engine.pullImage(image, {
        signal,
        ...(platform === null ? {} : { platform }),
        ...(login === null ? {} : { login }),
        onProgress: (progress) => {
          meter.add(progress, Date.now());
          pace.news();
          if (progress.total !== null) return;
          const line = progress.layer === null ? progress.status : `${progress.layer}: ${progress.status}`;
          operation.output(line);
          for (const each of listeners) each.line(line);
        },
      });
      signal.throwIfAborted();
      if ((await engine.inspectImage(image)) === null)
        throw new AppError('PULL_FAILED', `${image} was pulled and is not here`);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      pace.end();
    }
  }

  #forget(shared: SharedPull): void {
    if (this.#running.get(keyOf(shared)) === shared) this.#running.delete(keyOf(shared));
  }
}

function keyOf({ host, image, platform }: PullWish): string {
  return [host.id, platform ?? '', image].join(' ');
}
