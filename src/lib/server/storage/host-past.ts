import { and, desc, eq, gte } from 'drizzle-orm';
import type { HostState } from '#lib/protocol/views.ts';
import type { Db } from './database.ts';
import { facts } from './schema.ts';

export interface HostChange {
  readonly hostId: string;
  readonly state: HostState;
  /** Milliseconds. */
  readonly at: number;
}

const MOST = 2_000;

/** What was written about hosts since a moment, oldest first. */
export function hostChangesSince(db: Db, since: number): readonly HostChange[] {
  const rows = db
    .select({ at: facts.at, body: facts.body })
    .from(facts)
    .where(and(eq(facts.kind, 'host'), gte(facts.at, since)))
    .orderBy(desc(facts.seq))
    .limit(MOST)
    .all();
  return rows
    .toReversed()
    .flatMap(({ at, body }) =>
      body.kind === 'host' ? [{ hostId: body.host.id, state: body.host.state, at }] : [],
    );
}
