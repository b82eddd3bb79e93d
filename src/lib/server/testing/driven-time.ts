/**
 * Time that a test moves. Timers and Date stand still until somebody waits for something; promises, SQLite and setImmediate go on.
 * `node:timers/promises` is not among what vitest replaces: a test file that drives time says
 * `vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'))`.
 */
import { afterEach, beforeEach, vi } from 'vitest';

/** In place of the function of the same name in `node:timers/promises`. */
export function setTimeout(
  ms: number,
  value?: unknown,
  options: { signal?: AbortSignal } = {},
): Promise<unknown> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException('The operation was aborted', 'AbortError'));
    };
    const timer = globalThis.setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve(value);
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

export function useDrivenTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Lets everything run that only waits for promises. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await vi.advanceTimersByTimeAsync(0);
}

/** Moves time until the promise is settled, and gives what it settled to. */
export async function finish<Value>(work: Promise<Value>): Promise<Value> {
  let over = false;
  const end = () => {
    over = true;
  };
  work.then(end, end);
  await settled();
  for (let step = 0; step < 5_000 && !isTrue(over); step += 1) await vi.advanceTimersToNextTimerAsync();
  if (!isTrue(over)) throw new Error('it does not end');
  return work;
}

/** Moves time in small steps until `check` no longer throws; throws what it said last when `withinMs` have passed. */
export async function until(check: () => unknown, withinMs = 5_000): Promise<void> {
  await settled();
  for (let passed = 0; ; passed += 20) {
    try {
      await check();
      return;
    } catch (error) {
      if (passed >= withinMs) throw error;
    }
    await vi.advanceTimersByTimeAsync(20);
  }
}

/** Moves time by `ms`. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** Keeps the type checker from narrowing what a callback changes. */
function isTrue(value: boolean): boolean {
  return value;
}
