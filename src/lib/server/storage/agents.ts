import { and, count, desc, eq, isNotNull, ne, sum } from 'drizzle-orm';
import type { AgentId, HostId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { agents, lives } from './schema.ts';

export type AgentRow = typeof agents.$inferSelect;
export type AgentPatch = Partial<Omit<AgentRow, 'id' | 'createdAt' | 'createdBy'>>;
export type LifeRow = typeof lives.$inferSelect;

/**
 * Agents. Those that are not removed are kept in memory too, so that lists and pages ask no database; every write goes to both. Writes
 * belong inside journal.commit(); after a rollback `reload()` makes both agree again.
 */
export class AgentRepository {
  readonly #db: Db;
  #live = new Map<AgentId, AgentRow>();
  #byName = new Map<string, AgentId>();
  #byContainer = new Map<string, AgentId>();

  constructor(db: Db) {
    this.#db = db;
    this.reload();
  }

  reload(): void {
    this.#live = new Map();
    this.#byName = new Map();
    this.#byContainer = new Map();
    for (const row of this.#db.select().from(agents).where(ne(agents.state, 'removed')).all())
      this.#keep(row);
  }

  /** All that are not removed. */
  list(): readonly AgentRow[] {
    return [...this.#live.values()];
  }

  onHost(hostId: HostId): readonly AgentRow[] {
    return this.list().filter((row) => row.hostId === hostId);
  }

  /** Also finds removed ones. */
  byId(id: string): AgentRow | undefined {
    return (
      this.#live.get(id as AgentId) ??
      this.#db
        .select()
        .from(agents)
        .where(eq(agents.id, id as AgentId))
        .get()
    );
  }

  /** Among those that are not removed. */
  byName(name: string): AgentRow | undefined {
    const id = this.#byName.get(name);
    return id === undefined ? undefined : this.#live.get(id);
  }

  byContainer(containerId: string): AgentRow | undefined {
    const id = this.#byContainer.get(containerId);
    return id === undefined ? undefined : this.#live.get(id);
  }

  /** Removed ones, newest first. */
  removed(limit: number): readonly AgentRow[] {
    return this.#db
      .select()
      .from(agents)
      .where(eq(agents.state, 'removed'))
      .orderBy(desc(agents.since))
      .limit(limit)
      .all();
  }

  insert(row: AgentRow): void {
    this.#db.insert(agents).values(row).run();
    this.#keep(row);
  }

  update(id: AgentId, patch: AgentPatch): AgentRow {
    const before = this.byId(id);
    if (before === undefined) throw new Error(`no agent ${id}`);
    this.#db.update(agents).set(patch).where(eq(agents.id, id)).run();
    const after: AgentRow = { ...before, ...patch };
    this.#forget(before);
    if (after.state !== 'removed') this.#keep(after);
    return after;
  }

  openLife(life: LifeRow): void {
    this.#db.insert(lives).values(life).run();
  }

  /** The life that has not ended. */
  currentLife(agentId: AgentId): LifeRow | undefined {
    const newest = this.#db
      .select()
      .from(lives)
      .where(eq(lives.agentId, agentId))
      .orderBy(desc(lives.startedAt))
      .limit(1)
      .get();
    return newest?.endedAt === null ? newest : undefined;
  }

  closeLife(life: LifeRow, end: Pick<LifeRow, 'endedAt' | 'exitCode' | 'oomKilled' | 'reason'>): void {
    this.#db
      .update(lives)
      .set(end)
      .where(and(eq(lives.id, life.id)))
      .run();
  }

  /** When the newest run of a container ended that has ended; milliseconds, null when none has. */
  lastEnd(agentId: AgentId, containerId: string): number | null {
    const newest = this.#db
      .select({ endedAt: lives.endedAt })
      .from(lives)
      .where(and(eq(lives.agentId, agentId), eq(lives.containerId, containerId), isNotNull(lives.endedAt)))
      .orderBy(desc(lives.startedAt))
      .limit(1)
      .get();
    return newest?.endedAt ?? null;
  }

  /** Newest first. */
  lives(agentId: AgentId, limit: number): readonly LifeRow[] {
    return this.#db
      .select()
      .from(lives)
      .where(eq(lives.agentId, agentId))
      .orderBy(desc(lives.startedAt))
      .limit(limit)
      .all();
  }

  /** How often each agent was started, and ended for want of memory. */
  countLives(): ReadonlyMap<AgentId, { readonly lives: number; readonly oomKills: number }> {
    const rows = this.#db
      .select({ id: lives.agentId, lives: count(), oomKills: sum(lives.oomKilled).mapWith(Number) })
      .from(lives)
      .groupBy(lives.agentId)
      .all();
    return new Map(rows.map(({ id, lives, oomKills }) => [id, { lives, oomKills }]));
  }

  #keep(row: AgentRow): void {
    this.#live.set(row.id, row);
    this.#byName.set(row.name, row.id);
    if (row.containerId !== null) this.#byContainer.set(row.containerId, row.id);
  }

  #forget(row: AgentRow): void {
    this.#live.delete(row.id);
    if (this.#byName.get(row.name) === row.id) this.#byName.delete(row.name);
    if (row.containerId !== null) this.#byContainer.delete(row.containerId);
  }
}
