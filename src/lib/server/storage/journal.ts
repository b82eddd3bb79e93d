import { and, asc, desc, eq, gt, lt, max, sql } from 'drizzle-orm';
import type { AgentId } from '#lib/domain/ids.ts';
import type { Fact, FactBody } from '#lib/protocol/facts.ts';
import type { HistoryEntry } from '#lib/protocol/views.ts';
import type { Db } from './database.ts';
import { facts } from './schema.ts';

export type Tell = (fact: FactBody) => void;

/**
 * The only way to change what is kept: one synchronous transaction writes rows and facts together, and after it the facts go out. So a
 * state and the news of it can never disagree, and everybody hears in the order of writing.
 */
export class Journal {
  readonly #db: Db;
  readonly #publish: (facts: readonly Fact[]) => void;
  readonly #rolledBack: (() => void)[] = [];
  readonly #insert: ReturnType<typeof prepareInsert>;
  /** In memory: every page asks for it. */
  #newest: number;

  constructor(db: Db, publish: (facts: readonly Fact[]) => void) {
    this.#db = db;
    this.#publish = publish;
    this.#insert = prepareInsert(db);
    this.#newest = readNewest(db);
  }

  /** Called after a transaction was undone, so that what is kept in memory can be read anew. */
  onRollback(listener: () => void): void {
    this.#rolledBack.push(listener);
  }

  /** Runs `work` in one transaction. When it throws, nothing was written and nothing is told. */
  commit<Value>(work: (tell: Tell) => Value): Value {
    const told: Fact[] = [];
    let value: Value;
    try {
      value = this.#db.transaction(() =>
        work((body) => {
          told.push(this.#write(body));
        }),
      );
    } catch (error) {
      this.#newest = readNewest(this.#db);
      for (const listener of this.#rolledBack) listener();
      throw error;
    }
    if (told.length > 0) this.#publish(told);
    return value;
  }

  /** The number of the newest fact; 0 when there is none. */
  seq(): number {
    return this.#newest;
  }

  /** Facts after `seq`, oldest first, or null when some of them are no longer kept or there are more than `limit`. */
  since(seq: number, limit = 1000): readonly Fact[] | null {
    const missed = this.seq() - seq;
    if (missed < 0 || missed > limit) return null;
    const rows = this.#db.select().from(facts).where(gt(facts.seq, seq)).orderBy(asc(facts.seq)).all();
    // changes of state are kept for good: what was dropped may be a hole between them
    if (rows.length < missed) return null;
    return rows.map((row) => ({ ...row.body, seq: row.seq, at: new Date(row.at).toISOString() }));
  }

  /** The changes of an agent's state, newest first. */
  history(agentId: AgentId, limit: number): readonly HistoryEntry[] {
    const rows = this.#db
      .select()
      .from(facts)
      .where(and(eq(facts.agentId, agentId), eq(facts.changed, true)))
      .orderBy(desc(facts.seq))
      .limit(limit)
      .all();
    return rows.flatMap((row) => {
      if (row.body.kind !== 'agent' || row.body.change === undefined) return [];
      return [{ seq: row.seq, at: new Date(row.at).toISOString(), ...row.body.change }];
    });
  }

  /** What people did inside an agent between two times, oldest first; the newest `limit`. As long as these facts are kept. */
  inside(agentId: AgentId, from: number, to: number, limit: number): readonly (Fact & { kind: 'inside' })[] {
    const rows = this.#db
      .select()
      .from(facts)
      .where(and(eq(facts.agentId, agentId), eq(facts.kind, 'inside'), gt(facts.at, from), lt(facts.at, to)))
      .orderBy(desc(facts.seq))
      .limit(limit)
      .all();
    return rows
      .toReversed()
      .flatMap(({ body, seq, at }) =>
        body.kind === 'inside' ? [{ ...body, seq, at: new Date(at).toISOString() }] : [],
      );
  }

  /** Drops all but the newest `keep` facts, save the changes of state, which are history. */
  prune(keep: number): void {
    const seq = this.seq() - keep;
    if (seq > 0)
      this.#db
        .delete(facts)
        .where(and(lt(facts.seq, seq), eq(facts.changed, false)))
        .run();
  }

  #write(body: FactBody): Fact {
    const at = Date.now();
    const agentId = factAgent(body);
    const changed = body.kind === 'agent' && body.change !== undefined;
    const { seq } = this.#insert.get({ at, kind: body.kind, agentId, changed, body });
    this.#newest = seq;
    return { ...body, seq, at: new Date(at).toISOString() };
  }
}

function readNewest(db: Db): number {
  return (
    db
      .select({ seq: max(facts.seq) })
      .from(facts)
      .get()?.seq ?? 0
  );
}

/** Prepared once: a spawn alone writes some twenty facts. */
function prepareInsert(db: Db) {
  return db
    .insert(facts)
    .values({
      at: sql.placeholder('at'),
      kind: sql.placeholder('kind'),
      agentId: sql.placeholder('agentId'),
      changed: sql.placeholder('changed'),
      body: sql.placeholder('body'),
    })
    .returning({ seq: facts.seq })
    .prepare();
}

function factAgent(body: FactBody): AgentId | null {
  const id =
    body.kind === 'agent'
      ? body.agent.id
      : body.kind === 'operation'
        ? body.operation.agentId
        : body.kind === 'snapshot'
          ? body.snapshot.agentId
          : body.kind === 'inside' || body.kind === 'secret-use'
            ? body.agentId
            : null;
  return id as AgentId | null;
}
