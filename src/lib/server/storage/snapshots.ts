import { and, desc, eq } from 'drizzle-orm';
import type { AgentId, HostId, SnapshotId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { snapshots } from './schema.ts';

export type SnapshotRow = typeof snapshots.$inferSelect;
/** What changes of one after it was taken. */
export type SnapshotPatch = Partial<Pick<SnapshotRow, 'scan' | 'comment' | 'origin'>>;

export class SnapshotRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  insert(row: SnapshotRow): void {
    this.#db.insert(snapshots).values(row).run();
  }

  update(id: SnapshotId, patch: SnapshotPatch): void {
    this.#db.update(snapshots).set(patch).where(eq(snapshots.id, id)).run();
  }

  delete(id: SnapshotId): void {
    this.#db.delete(snapshots).where(eq(snapshots.id, id)).run();
  }

  /** Those that came after one come after another from now on. */
  reparent(from: SnapshotId, to: SnapshotId | null): void {
    this.#db.update(snapshots).set({ parentId: to }).where(eq(snapshots.parentId, from)).run();
  }

  byId(id: string): SnapshotRow | undefined {
    return this.#db
      .select()
      .from(snapshots)
      .where(eq(snapshots.id, id as SnapshotId))
      .get();
  }

  byImage(hostId: HostId, image: string): SnapshotRow | undefined {
    return this.#db
      .select()
      .from(snapshots)
      .where(and(eq(snapshots.hostId, hostId), eq(snapshots.image, image)))
      .get();
  }

  /** By what the image holds, whatever it is called. */
  byImageId(hostId: HostId, imageId: string): SnapshotRow | undefined {
    return this.#db
      .select()
      .from(snapshots)
      .where(and(eq(snapshots.hostId, hostId), eq(snapshots.imageId, imageId)))
      .get();
  }

  /** Those that came right after it. */
  childrenOf(id: SnapshotId): readonly SnapshotRow[] {
    return this.#db.select().from(snapshots).where(eq(snapshots.parentId, id)).all();
  }

  /** Newest first. */
  ofAgent(agentId: AgentId): readonly SnapshotRow[] {
    return this.#db
      .select()
      .from(snapshots)
      .where(eq(snapshots.agentId, agentId))
      .orderBy(desc(snapshots.createdAt))
      .all();
  }

  onHost(hostId: HostId): readonly SnapshotRow[] {
    return this.#db.select().from(snapshots).where(eq(snapshots.hostId, hostId)).all();
  }

  list(limit: number): readonly SnapshotRow[] {
    return this.#db.select().from(snapshots).orderBy(desc(snapshots.createdAt)).limit(limit).all();
  }
}
