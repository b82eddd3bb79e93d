/** Reading an agent's log: from the archive, then what is newer in memory; from the engine only when the archive has nothing of it. */
import { notFound } from '#lib/domain/errors.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { EVERYTHING, readWish, type ArchiveReader, type ReadWish } from '../archive/archive-reader.ts';
import type { LineWish } from '../archive/line-filter.ts';
import type { LogStore } from '../archive/log-store.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import { FIRST_LINES, type LogTail } from '../streams/log-tail.ts';
import type { TailBoard } from '../streams/tail-board.ts';
import { authorize, type Actor } from './access.ts';
import { engineLines } from './engine-lines.ts';

/** Lines in one step of a stream. */
const STEP_LINES = 1_000;

/** Which page of history: lines with smaller numbers than one, with larger ones, or half of each around it. */
export type PageWish =
  | { readonly before: number; readonly limit: number }
  | { readonly after: number; readonly limit: number }
  | { readonly around: number; readonly limit: number };

export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
}

export class LogService {
  readonly #agents: AgentRepository;
  readonly #fleet: Fleet;
  readonly #tails: TailBoard;
  readonly #store: LogStore;

  constructor(parts: {
    readonly agents: AgentRepository;
    readonly fleet: Fleet;
    readonly tails: TailBoard;
    readonly store: LogStore;
  }) {
    this.#agents = parts.agents;
    this.#fleet = parts.fleet;
    this.#tails = parts.tails;
    this.#store = parts.store;
  }

  /** The newest lines. Throws NOT_FOUND, SOCKET_ERROR. */
  async recent(actor: Actor | null, idOrName: string, count = FIRST_LINES): Promise<readonly LogLine[]> {
    authorize(actor, 'logs.see');
    return this.#recent(this.#row(idOrName), count);
  }

  /** The newest `count` lines that fit. Throws NOT_FOUND, SOCKET_ERROR, VALIDATION for a pattern that is none. */
  async read(
    actor: Actor | null,
    idOrName: string,
    count: number,
    wish: LineWish,
  ): Promise<readonly LogLine[]> {
    authorize(actor, 'logs.see');
    return this.#newest(this.#row(idOrName), count, readWish(wish));
  }

  async page(actor: Actor | null, idOrName: string, wish: PageWish): Promise<LogPage> {
    authorize(actor, 'logs.see');
    const row = this.#row(idOrName);
    const { limit } = wish;
    if ('before' in wish) {
      const lines = await this.#before(row, wish.before, limit + 1);
      return { lines: lines.slice(-limit), hasBefore: lines.length > limit, hasAfter: true };
    }
    if ('after' in wish) {
      const lines = await this.#from(row, wish.after + 1, limit + 1);
      return { lines: lines.slice(0, limit), hasBefore: true, hasAfter: lines.length > limit };
    }
    const half = Math.floor(limit / 2);
    const older = await this.#before(row, wish.around, half + 1);
    const newer = await this.#from(row, wish.around, limit - half + 1);
    return {
      lines: [...(half === 0 ? [] : older.slice(-half)), ...newer.slice(0, limit - half)],
      hasBefore: older.length > half,
      hasAfter: newer.length > limit - half,
    };
  }

  /** All lines that fit, oldest first, in steps; beginning with the newest `tail` of them when that is given. */
  async *all(
    actor: Actor | null,
    idOrName: string,
    wish: LineWish,
    tail: number | null = null,
  ): AsyncGenerator<readonly LogLine[]> {
    authorize(actor, 'logs.see');
    const row = this.#row(idOrName);
    const reads = readWish(wish);
    if (!(await this.#isArchived(row))) {
      yield await this.#newest(row, tail ?? Number.MAX_SAFE_INTEGER, reads);
      return;
    }
    let last = tail === null ? 0 : (await this.#seqOfNewest(row, tail, reads)) - 1;
    const inMemory = await this.#settled(row);
    for await (const lines of this.#store.reader.forward(row.id, last + 1, reads)) {
      last = Math.max(last, lines.at(-1)?.seq ?? 0);
      yield lines;
    }
    yield inMemory.filter((line) => line.seq > last && reads.filter(line));
  }

  /** Lines as they come, beginning with the newest `count`, until the signal or until the container ends. Nothing is left out for a slow reader. */
  async *follow(
    actor: Actor | null,
    idOrName: string,
    count: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly LogLine[]> {
    authorize(actor, 'logs.see');
    const row = this.#row(idOrName);
    const source = this.#tails.get(row.id);
    const first = await this.#recent(row, count);
    yield first;
    if (source === undefined) return;
    let last = first.at(-1)?.seq ?? source.lastLine?.seq ?? 0;
    let wake = Promise.withResolvers<undefined>();
    const news = { ended: false };
    const stop = source.subscribe({
      weight: 'full',
      lines: () => {
        wake.resolve(undefined);
      },
      state: (state) => {
        news.ended = state === 'ended';
        wake.resolve(undefined);
      },
    });
    const onAbort = () => {
      wake.resolve(undefined);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const { ended } = news;
        const lines = await this.#after(row, source, last);
        if (lines.length > 0) {
          last = lines.at(-1)?.seq ?? last;
          yield lines;
        } else if (ended) return;
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

  async #after(row: AgentRow, source: LogTail, last: number): Promise<readonly LogLine[]> {
    const inMemory = source.after({ seq: last });
    if (inMemory !== null) return inMemory;
    const archived = await this.#store.reader.from(row.id, last + 1, STEP_LINES);
    return archived.length > 0
      ? archived
      : source.recent(Number.MAX_SAFE_INTEGER).filter(({ seq }) => seq > last);
  }

  /** What pages that follow a log read of its past. */
  past(actor: Actor | null): Pick<ArchiveReader, 'from' | 'count'> {
    authorize(actor, 'logs.see');
    return this.#store.reader;
  }

  /** What is in memory; what was there before it is in the files then. */
  async #settled(row: AgentRow): Promise<readonly LogLine[]> {
    const lines = this.#tails.get(row.id)?.recent(Number.MAX_SAFE_INTEGER) ?? [];
    await this.#store.archive.flushed(row.id);
    return lines;
  }

  /** False while the archive has nothing, or is paused and lacks the newest lines, which the engine has. */
  async #isArchived(row: AgentRow): Promise<boolean> {
    await this.#store.archive.open();
    const tail = this.#tails.get(row.id);
    await tail?.ready;
    await this.#settled(row);
    return this.#store.reader.has(row.id) && (row.state === 'removed' || (tail?.isKept ?? true));
  }

  /** From memory when that has them all, or all that there are. */
  async #recent(row: AgentRow, count: number): Promise<readonly LogLine[]> {
    const tail = this.#tails.get(row.id);
    if (tail !== undefined && count <= FIRST_LINES) {
      await tail.ready;
      const lines = tail.recent(count);
      if (lines.length === count || !this.#store.reader.has(row.id)) return lines;
    }
    return this.#newest(row, count, EVERYTHING);
  }

  async #newest(row: AgentRow, count: number, wish: ReadWish): Promise<readonly LogLine[]> {
    if (count === 0) return [];
    if (!(await this.#isArchived(row))) {
      const lines = await engineLines(this.#fleet, row, Math.max(count, 10_000));
      return lines.filter(wish.filter).slice(-count);
    }
    return this.#before(row, Number.MAX_SAFE_INTEGER, count, wish);
  }

  async #before(
    row: AgentRow,
    seq: number,
    count: number,
    wish: ReadWish = EVERYTHING,
  ): Promise<readonly LogLine[]> {
    const inMemory = await this.#settled(row);
    const archived = await this.#store.reader.before(row.id, seq, count, wish);
    const last = archived.at(-1)?.seq ?? 0;
    const newer = inMemory.filter((line) => line.seq > last && line.seq < seq && wish.filter(line));
    return [...archived, ...newer].slice(-count);
  }

  async #from(row: AgentRow, seq: number, count: number): Promise<readonly LogLine[]> {
    const inMemory = await this.#settled(row);
    const archived = await this.#store.reader.from(row.id, seq, count);
    const last = archived.at(-1)?.seq ?? seq - 1;
    const newer = archived.length < count ? inMemory.filter((line) => line.seq > last) : [];
    return [...archived, ...newer].slice(0, count);
  }

  /** The number of the oldest of the newest `count` that fit: they are counted back, and read forward without being held. */
  async #seqOfNewest(row: AgentRow, count: number, wish: ReadWish): Promise<number> {
    let left = count;
    let seq = Number.MAX_SAFE_INTEGER;
    for await (const lines of this.#store.reader.backward(row.id, Number.MAX_SAFE_INTEGER, wish)) {
      const first = lines[Math.max(0, lines.length - left)];
      seq = first?.seq ?? seq;
      left -= lines.length;
      if (left <= 0) break;
    }
    return seq;
  }

  #row(idOrName: string): AgentRow {
    const row = this.#agents.byName(idOrName) ?? this.#agents.byId(idOrName);
    if (row === undefined) throw notFound('agent', idOrName);
    return row;
  }
}
