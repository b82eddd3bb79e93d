/** Reading an agent's log from the engine, for pages that need no script and for the API. */
import { AppError, notFound } from '#lib/domain/errors.ts';
import type { LogQuery } from '#lib/domain/inputs/log-query.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import { readLines } from '../streams/log-order.ts';
import { FIRST_LINES } from '../streams/log-tail.ts';
import type { TailBoard } from '../streams/tail-board.ts';
import { authorize, type Actor } from './access.ts';

const READ_MS = 15_000;

export class LogService {
  readonly #agents: AgentRepository;
  readonly #fleet: Fleet;
  readonly #tails: TailBoard;

  constructor(parts: { readonly agents: AgentRepository; readonly fleet: Fleet; readonly tails: TailBoard }) {
    this.#agents = parts.agents;
    this.#fleet = parts.fleet;
    this.#tails = parts.tails;
  }

  /** The newest lines, from memory when the agent is being followed, else from the engine. Throws NOT_FOUND, SOCKET_ERROR. */
  async recent(actor: Actor | null, idOrName: string, count = FIRST_LINES): Promise<readonly LogLine[]> {
    authorize(actor, 'agents.see');
    const row = this.#row(idOrName);
    const tail = this.#tails.get(row.id);
    if (tail !== undefined && count <= FIRST_LINES) return tail.recent(count);
    return this.#read(row, { tail: count, since: null, until: null, stream: null });
  }

  /** Lines by a query. Throws NOT_FOUND when the agent has no container whose log could be read. */
  async read(actor: Actor | null, idOrName: string, query: LogQuery): Promise<readonly LogLine[]> {
    authorize(actor, 'agents.see');
    return this.#read(this.#row(idOrName), {
      tail: query.tail,
      since: query.since ?? null,
      until: query.until ?? null,
      stream: query.stream ?? null,
    });
  }

  /** Lines as they come, beginning with the newest `tail`, until the signal or until the container ends. */
  async *follow(
    actor: Actor | null,
    idOrName: string,
    tail: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly LogLine[]> {
    authorize(actor, 'agents.see');
    const row = this.#row(idOrName);
    const source = this.#tails.get(row.id);
    if (source === undefined) {
      yield await this.#read(row, { tail, since: null, until: null, stream: null });
      return;
    }
    const queue: (readonly LogLine[])[] = [source.recent(tail)];
    let wake = Promise.withResolvers<undefined>();
    let ended = false;
    const stop = source.subscribe({
      weight: 'full',
      lines: (lines) => {
        queue.push(lines);
        // who does not read loses the oldest, never the server's memory
        if (queue.length > 500) queue.shift();
        wake.resolve(undefined);
      },
      state: (state) => {
        ended = state === 'ended';
        if (ended) wake.resolve(undefined);
      },
    });
    const onAbort = () => {
      wake.resolve(undefined);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const next = queue.shift();
        if (next !== undefined) yield next;
        else if (isTrue(ended)) return;
        else {
          await wake.promise;
          wake = Promise.withResolvers();
        }
      }
    } finally {
      stop();
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #read(
    row: AgentRow,
    query: { tail: number; since: string | null; until: string | null; stream: 'stdout' | 'stderr' | null },
  ): Promise<readonly LogLine[]> {
    if (row.containerId === null || row.state === 'removed') return [];
    const { containerId } = row;
    const engine = this.#fleet.engine(row.hostId);
    const signal = AbortSignal.timeout(READ_MS);
    // with a stream wish the newest lines of that stream are wanted, not those of both
    const tail = query.stream === null ? query.tail : 10_000;
    const lines = await readLines(
      engine.logs(containerId, { follow: false, tail, since: query.since, until: query.until, signal }),
    );
    if (signal.aborted) throw new AppError('SOCKET_ERROR', 'The engine took too long to give the log');
    const wanted = query.stream === null ? lines : lines.filter((line) => line.stream === query.stream);
    return query.tail === 0 ? [] : wanted.slice(-query.tail);
  }

  #row(idOrName: string): AgentRow {
    const row = this.#agents.byName(idOrName) ?? this.#agents.byId(idOrName);
    if (row === undefined) throw notFound('agent', idOrName);
    return row;
  }
}

/** Keeps the type checker from narrowing what a callback changes. */
function isTrue(value: boolean): boolean {
  return value;
}
