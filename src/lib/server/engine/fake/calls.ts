import { toAppError, type Doing } from '../docker/problems.ts';
import type { Engine } from '../engine.ts';
import type { Conditions } from './conditions.ts';
import { Pipe } from './pipe.ts';
import { EngineRefusal } from './refusal.ts';

export type Method = Exclude<keyof Engine, 'close'> | 'open';

/** One call: which method, what for (problems.ts), and the name that the person knows. */
export interface Call {
  readonly method: Method;
  readonly doing: Doing;
  readonly subject?: string;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number;
}

/** Carries calls and streams over the way to the fake engine, with all that may befall them there. */
export class Calls {
  readonly #conditions: Conditions;

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
  }

  /** Over the way there, its effect, and over the way back. An aborted one ends for the caller; the engine goes on with it. */
  async make<Value>(call: Call, work: () => Value | Promise<Value>): Promise<Value> {
    try {
      await this.#conditions.pass(call.method, call.signal, call.deadlineMs);
      const value = await Promise.race([work(), aborted(call.signal)]);
      this.#conditions.answered(call.method);
      return value;
    } catch (error) {
      throw known(error, call.doing, call.subject);
    }
  }

  /** A stream that is open already, and goes both ways. */
  twoWay<Value>(doing: Doing): {
    readonly pipe: Pipe<Value>;
    readonly read: () => AsyncGenerator<Value>;
    /** Throws when the way is cut. */
    readonly check: () => void;
    readonly close: () => void;
  } {
    const pipe = new Pipe<Value>();
    const closed = new AbortController();
    let broken: Error | null = null;
    const detach = this.#conditions.attach({
      break: (error) => {
        broken = error;
        pipe.break(error);
      },
      freeze: (frozen) => pipe.freeze(frozen),
    });
    const read = async function* () {
      try {
        yield* pipe.read(closed.signal);
      } catch (error) {
        throw known(error, doing, undefined);
      } finally {
        detach();
      }
    };
    return {
      pipe,
      read,
      check: () => {
        if (broken !== null) throw known(broken, doing, undefined);
      },
      close: () => {
        closed.abort();
        detach();
      },
    };
  }

  /** `fill` begins to push and gives how to stop it. Opened by the first read, as an HTTP stream of the real one. */
  async *stream<Value>(
    { method, doing, subject, signal }: Call & { readonly signal: AbortSignal },
    fill: (pipe: Pipe<Value>) => () => void,
  ): AsyncGenerator<Value> {
    const pipe = new Pipe<Value>();
    let stop: (() => void) | null = null;
    const detach = this.#conditions.attach(pipe);
    try {
      await this.#conditions.pass(method, signal);
      stop = fill(pipe);
      yield* pipe.read(signal);
    } catch (error) {
      if (!signal.aborted) throw known(error, doing, subject);
    } finally {
      stop?.();
      detach();
    }
  }
}

/** What the real engine's client could meet becomes an AppError; anything else is a fault of the fake or of a test. */
function known(error: unknown, doing: Doing, subject: string | undefined): unknown {
  const fromEngine = error instanceof EngineRefusal || error instanceof DOMException;
  const fromSocket = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return fromEngine || fromSocket ? toAppError(error, doing, subject) : error;
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
