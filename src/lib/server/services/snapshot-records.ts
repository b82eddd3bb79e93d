/** What is written down of snapshots, each time with its fact; and the search for secrets that goes on behind a new one. */
import type { AgentId } from '#lib/domain/ids.ts';
import { snapshotRepository } from '#lib/domain/snapshot-name.ts';
import type { SnapshotScan, SnapshotView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Log } from '../log.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { Journal } from '../storage/journal.ts';
import type { SnapshotPatch, SnapshotRepository, SnapshotRow } from '../storage/snapshots.ts';
import type { AgentRecords } from './agent-records.ts';
import { scanImage } from './secret-scan.ts';
import type { SecretService } from './secrets.ts';

export interface SnapshotRecordParts {
  readonly agents: AgentRepository;
  readonly records: Pick<AgentRecords, 'view'>;
  readonly snapshotRows: SnapshotRepository;
  readonly journal: Journal;
  readonly fleet: Fleet;
  readonly secrets: Pick<SecretService, 'all'>;
  readonly log: Log;
}

export class SnapshotRecords {
  readonly #parts: SnapshotRecordParts;
  readonly #over = new AbortController();
  readonly #scans = new Set<Promise<void>>();

  constructor(parts: SnapshotRecordParts) {
    this.#parts = parts;
  }

  /** `of`: the agent whose files go back to it from now on. */
  add(row: Omit<SnapshotRow, 'scan'>, of: AgentId | null = null): SnapshotView {
    const { journal, snapshotRows, agents, records, secrets } = this.#parts;
    const whole: SnapshotRow = { ...row, scan: { state: secrets.all().size === 0 ? 'none' : 'pending' } };
    const view = snapshotView(whole);
    journal.commit((tell) => {
      snapshotRows.insert(whole);
      tell({ kind: 'snapshot', snapshot: view });
      if (of === null) return;
      const agent = agents.update(of, { snapshotId: row.id });
      tell({ kind: 'agent', agent: records.view(agent) });
    });
    if (view.scan.state === 'pending') this.scan(view.id);
    return view;
  }

  change(row: SnapshotRow, patch: SnapshotPatch): SnapshotView {
    const { journal, snapshotRows } = this.#parts;
    const view = snapshotView({ ...row, ...patch });
    journal.commit((tell) => {
      snapshotRows.update(row.id, patch);
      tell({ kind: 'snapshot', snapshot: view });
    });
    return view;
  }

  /** What came after it comes after what was before it: snapshots, and the next ones of agents. */
  drop(row: SnapshotRow): void {
    const { journal, snapshotRows, agents, records } = this.#parts;
    journal.commit((tell) => {
      snapshotRows.delete(row.id);
      for (const { id, snapshotId } of agents.list()) {
        if (snapshotId !== row.id) continue;
        const agent = agents.update(id, { snapshotId: row.parentId });
        tell({ kind: 'agent', agent: records.view(agent) });
      }
      snapshotRows.reparent(row.id, row.parentId);
      tell({ kind: 'snapshot', snapshot: snapshotView(row), deleted: true });
    });
  }

  /** Looks for the values of all secrets in its image, behind whoever asks. */
  scan(id: string): void {
    const work = this.#scan(id).catch((error: unknown) => {
      this.#parts.log.error({ snapshot: id, err: error }, 'a search for secrets broke');
    });
    this.#scans.add(work);
    void work.finally(() => this.#scans.delete(work));
  }

  /** Those that a restart cut off. */
  resumeScans(): void {
    for (const row of this.#parts.snapshotRows.list(10_000))
      if (row.scan.state === 'pending') this.scan(row.id);
  }

  async close(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#scans);
  }

  async #scan(id: string): Promise<void> {
    const { snapshotRows, fleet, secrets } = this.#parts;
    const row = snapshotRows.byId(id);
    if (row === undefined) return;
    const scan = await scanImage(
      fleet.engine(row.hostId),
      row.imageId,
      secrets.all(),
      this.#over.signal,
    ).catch((error: unknown): SnapshotScan => ({
      state: 'failed',
      message: error instanceof Error ? error.message : String(error),
    }));
    const now = snapshotRows.byId(id);
    // cut off by our own end: looked at again after the start
    if (this.#over.signal.aborted || now === undefined) return;
    this.change(now, { scan });
  }
}

export function snapshotImage(agentName: string, name: string): string {
  return `${snapshotRepository(agentName)}:${name}`;
}

export function snapshotView({ spec: _spec, agentType: _type, ...row }: SnapshotRow): SnapshotView {
  return { ...row, createdAt: new Date(row.createdAt).toISOString() };
}
