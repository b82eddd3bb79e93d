/** Searching the archived logs of all agents, also of removed ones. */
import { notFound, validationError } from '#lib/domain/errors.ts';
import { logSearchQuery, type LogSearchQuery } from '#lib/domain/inputs/log-search-query.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { SearchChoices, SearchEvent } from '#lib/protocol/log-search.ts';
import { linePattern, PatternMistake } from '../archive/search-pattern.ts';
import type { SearchedPart } from '../archive/search-pieces.ts';
import { engineTime, readCursor, type Place } from '../archive/search-place.ts';
import type { SearchThreads } from '../archive/search-threads.ts';
import { searchArchive, type ArchiveWish } from '../archive/search.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import { authorize, type Actor } from './access.ts';
import { matches } from './agent-filter.ts';
import type { AgentRecords } from './agent-records.ts';
import { Semaphore } from './semaphore.ts';

/** Further ones wait: the threads are shared, and memory is not for ever. */
const SEARCHES_AT_ONCE = 4;

/** What is kept of logs. */
export interface SearchedArchive {
  agentIds(): readonly string[];
  parts(agentId: string): readonly SearchedPart[];
}

/** Who wrote it, as far as that is still known. */
interface Writer {
  readonly name: string;
  readonly color: string | null;
  readonly removed: boolean;
}

export class LogSearchService {
  readonly #agents: AgentRepository;
  readonly #records: AgentRecords;
  readonly #archive: SearchedArchive;
  readonly #threads: SearchThreads;
  readonly #turns = new Semaphore(SEARCHES_AT_ONCE);

  constructor(parts: {
    readonly agents: AgentRepository;
    readonly records: AgentRecords;
    readonly archive: SearchedArchive;
    readonly threads: SearchThreads;
  }) {
    this.#agents = parts.agents;
    this.#records = parts.records;
    this.#archive = parts.archive;
    this.#threads = parts.threads;
  }

  /**
   * Hits as they are found, the newest first, with progress between them and an end as the last; the signal ends it at once. `patienceMs` ends it
   * with what was found by then. Throws VALIDATION (also for a pattern that cannot be read) and NOT_FOUND for an agent that never was, at once.
   */
  search(
    actor: Actor | null,
    input: unknown,
    signal: AbortSignal,
    patienceMs: number | null = null,
  ): AsyncGenerator<SearchEvent> {
    authorize(actor, 'logs.see');
    const query = parseInput(logSearchQuery, input);
    checkPattern(query);
    const wish: ArchiveWish = {
      q: query.q,
      regex: query.regex,
      stream: query.stream ?? null,
      levels: query.level.length === 0 ? null : query.level,
      since: query.since === undefined ? null : engineTime(query.since),
      until: query.until === undefined ? null : engineTime(query.until),
      before: placeIn(query),
      limit: query.limit,
      patienceMs,
    };
    return this.#inTurn(this.#writers(query), wish, signal);
  }

  choices(actor: Actor | null): SearchChoices {
    authorize(actor, 'logs.see');
    const rows = this.#archived().flatMap(({ row }) => (row === undefined ? [] : [row]));
    const byName = Map.groupBy(rows, (row) => row.name);
    const agents = [...byName].map(([name, same]) => ({
      name,
      removed: same.every((row) => row.state === 'removed'),
    }));
    const tags = rows.flatMap((row) =>
      Object.entries(row.spec.tags).map(([key, value]) => `${key}=${value}`),
    );
    return {
      agents: agents.sort((a, b) => Number(a.removed) - Number(b.removed) || a.name.localeCompare(b.name)),
      types: [...new Set(rows.map((row) => row.type))].sort(),
      tags: [...new Set(tags)].sort(),
    };
  }

  async *#inTurn(
    writers: ReadonlyMap<string, Writer>,
    wish: ArchiveWish,
    signal: AbortSignal,
  ): AsyncGenerator<SearchEvent> {
    const begun = Promise.withResolvers<undefined>();
    const over = Promise.withResolvers<undefined>();
    let waiting = true;
    const turn = this.#turns.run(signal, () => {
      waiting = false;
      begun.resolve(undefined);
      return over.promise;
    });
    turn.catch((error: unknown) => {
      begun.reject(error);
    });
    try {
      await Promise.resolve();
      if (isTrue(waiting)) yield { progress: { waiting, bytes: 0, totalBytes: 0, scannedTo: null } };
      await begun.promise;
      yield* this.#steps(writers, wish, signal);
    } finally {
      over.resolve(undefined);
    }
  }

  async *#steps(
    writers: ReadonlyMap<string, Writer>,
    wish: ArchiveWish,
    signal: AbortSignal,
  ): AsyncGenerator<SearchEvent> {
    const partsOf = (id: string) => this.#archive.parts(id);
    for await (const step of searchArchive([...writers.keys()], partsOf, wish, this.#threads, signal)) {
      if (step.kind === 'found') {
        const { agentId, line, places } = step.found;
        const { name, color, removed } = writers.get(agentId) ?? unknownWriter(agentId);
        yield { hit: { agentId, agent: name, color, removed, line, places } };
      } else if (step.kind === 'progress') {
        const { bytes, totalBytes, scannedTo } = step;
        yield { progress: { waiting: false, bytes, totalBytes, scannedTo } };
      } else {
        const { reason, cursor, unreadable } = step;
        yield { end: { reason, cursor, unreadable } };
      }
    }
  }

  /** Whose logs are meant, by id. */
  #writers(query: LogSearchQuery): ReadonlyMap<string, Writer> {
    const archived = this.#archived();
    const named = (wanted: string) => (each: { readonly id: string; readonly row: AgentRow | undefined }) =>
      each.id === wanted || each.row?.name === wanted;
    for (const wanted of query.agent) {
      const row = this.#agents.byName(wanted) ?? this.#agents.byId(wanted);
      if (row === undefined && !archived.some(named(wanted))) throw notFound('agent', wanted);
    }
    const meant = archived.filter(
      (each) =>
        (query.agent.length === 0 || query.agent.some((wanted) => named(wanted)(each))) &&
        this.#fits(each.row, query),
    );
    return new Map(
      meant.map(({ id, row }) => [
        id,
        row === undefined
          ? unknownWriter(id)
          : { name: row.name, color: row.color, removed: row.state === 'removed' },
      ]),
    );
  }

  #archived(): readonly { readonly id: string; readonly row: AgentRow | undefined }[] {
    return this.#archive.agentIds().map((id) => ({ id, row: this.#agents.byId(id) }));
  }

  #fits(row: AgentRow | undefined, { type, tag, host }: LogSearchQuery): boolean {
    if (type.length + tag.length + host.length === 0) return true;
    return row !== undefined && matches(this.#records.view(row), { type, tag, host });
  }
}

function unknownWriter(id: string): Writer {
  return { name: id, color: null, removed: true };
}

function checkPattern({ q, regex }: LogSearchQuery): void {
  try {
    linePattern(q, regex);
  } catch (error) {
    if (!(error instanceof PatternMistake)) throw error;
    const where = error.at === null ? '' : `, at character ${error.at + 1}`;
    const rule = `must be a regular expression (RE2): ${error.message}${where}`;
    throw validationError([{ field: 'q', value: q, rule }]);
  }
}

function placeIn({ cursor }: LogSearchQuery): Place | null {
  if (cursor === undefined) return null;
  const place = readCursor(cursor);
  if (place === null)
    throw validationError([{ field: 'cursor', value: cursor, rule: 'must be one that a search gave' }]);
  return place;
}

/** Keeps the type checker from narrowing what a callback changes. */
function isTrue(value: boolean): boolean {
  return value;
}
