import type { HostId } from '#lib/domain/ids.ts';
import { Semaphore } from './semaphore.ts';

/** Containers that are made at once on one host. More at once gain nothing: an engine starts about eight a second whatever is asked of it. */
const AT_ONCE = 4;

/** Who may make a container on a host now; the others wait, first come first served. */
export class Turns {
  readonly #turns = new Map<HostId, Semaphore>();

  run<Value>(hostId: HostId, signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
    const turn = this.#turns.get(hostId) ?? new Semaphore(AT_ONCE);
    this.#turns.set(hostId, turn);
    return turn.run(signal, work);
  }
}
