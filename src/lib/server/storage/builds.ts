import { and, desc, eq } from 'drizzle-orm';
import type { BuildId, HostId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { builds } from './schema.ts';

export type BuildRow = typeof builds.$inferSelect;

export class BuildRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  insert(row: BuildRow): void {
    this.#db.insert(builds).values(row).run();
  }

  update(id: BuildId, patch: Partial<Omit<BuildRow, 'id'>>): void {
    this.#db.update(builds).set(patch).where(eq(builds.id, id)).run();
  }

  delete(id: BuildId): void {
    this.#db.delete(builds).where(eq(builds.id, id)).run();
  }

  byId(id: string): BuildRow | undefined {
    return this.#db
      .select()
      .from(builds)
      .where(eq(builds.id, id as BuildId))
      .get();
  }

  /** The newest that made this image. */
  byImageId(hostId: HostId, imageId: string): BuildRow | undefined {
    return this.#db
      .select()
      .from(builds)
      .where(and(eq(builds.hostId, hostId), eq(builds.imageId, imageId)))
      .orderBy(desc(builds.startedAt))
      .get();
  }

  /** Newest first. */
  list(limit: number): readonly BuildRow[] {
    return this.#db.select().from(builds).orderBy(desc(builds.startedAt), desc(builds.id)).limit(limit).all();
  }

  /** Those that were cut off by a crash of Slipway. */
  running(): readonly BuildRow[] {
    return this.#db.select().from(builds).where(eq(builds.state, 'running')).all();
  }

  /** Those that ended and are not among the newest, oldest last. */
  beyond(keep: number): readonly BuildRow[] {
    return this.#db
      .select()
      .from(builds)
      .orderBy(desc(builds.startedAt), desc(builds.id))
      .all()
      .slice(keep)
      .filter((row) => row.state !== 'running');
  }
}
