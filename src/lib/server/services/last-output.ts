import type { Engine } from '../engine/engine.ts';
import { readLines } from '../streams/log-order.ts';

/** The newest `count` lines of a container as text. Empty when they cannot be read: it serves records of failures and must not fail itself. */
export async function lastOutput(
  engine: Engine,
  containerId: string,
  count: number,
): Promise<readonly string[]> {
  try {
    const options = { follow: false, tail: count, since: null, signal: AbortSignal.timeout(5_000) };
    return (await readLines(engine.logs(containerId, options))).map((line) => line.text);
  } catch {
    return [];
  }
}
