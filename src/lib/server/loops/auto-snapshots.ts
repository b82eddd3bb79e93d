/**
 * Takes the snapshots that agents want by the clock (`snapshots.every`). When one is due is read from what is written down: a restart of
 * Slipway neither forgets nor repeats one.
 */
import { isAutomatic } from '#lib/domain/snapshot-retention.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Log } from '../log.ts';
import type { Operations } from '../services/operations.ts';
import type { SnapshotRules } from '../services/snapshot-rules.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { SnapshotRepository } from '../storage/snapshots.ts';

const LOOK_EVERY_MS = 15_000;
/** After a failure, so that a full disk is not written to all the time. */
const AGAIN_AFTER_MS = 600_000;

export interface AutoSnapshotParts {
  readonly agents: AgentRepository;
  readonly snapshotRows: SnapshotRepository;
  readonly operations: Operations;
  readonly rules: SnapshotRules;
  readonly fleet: Fleet;
  readonly log: Log;
  /** Milliseconds since 1970; tests drive it. */
  readonly now?: () => number;
}

export class AutoSnapshots {
  readonly #parts: AutoSnapshotParts;
  readonly #now: () => number;
  readonly #notBefore = new Map<AgentId, number>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #over = false;

  constructor(parts: AutoSnapshotParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.look().finally(() => {
        this.#looking = null;
      });
    }, LOOK_EVERY_MS);
  }

  async close(): Promise<void> {
    this.#over = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#looking;
  }

  /** Takes all that are due, one after another on each host. */
  async look(): Promise<void> {
    const due = this.#parts.agents.list().filter((row) => this.#isDue(row));
    await Promise.all(
      [...Map.groupBy(due, (row) => row.hostId).values()].map(async (rows) => {
        for (const row of rows) await this.#take(row.id);
      }),
    );
  }

  #isDue(row: AgentRow): boolean {
    const { every } = row.spec.snapshots;
    if (every === null || row.state !== 'ready' || row.containerId === null) return false;
    const hostState = this.#parts.fleet.find(row.hostId)?.state;
    if (hostState !== 'online' && hostState !== 'degraded') return false;
    const now = this.#now();
    if ((this.#notBefore.get(row.id) ?? 0) > now) return false;
    const newest = this.#parts.snapshotRows.ofAgent(row.id).find(isAutomatic);
    const since = Math.max(newest?.createdAt ?? 0, row.bootedAt ?? row.startedAt ?? row.createdAt);
    return now - since >= every * 1000;
  }

  async #take(id: AgentId): Promise<void> {
    const { agents, operations, rules, log } = this.#parts;
    const row = agents.byId(id);
    // those before it took their time
    if (this.#over || row === undefined || operations.isBusy(id) || !this.#isDue(row)) return;
    try {
      await rules.takeScheduled(row).done;
      this.#notBefore.delete(id);
    } catch (error) {
      log.warn({ agent: row.name, err: error }, 'a snapshot by the clock failed');
      this.#notBefore.set(id, this.#now() + AGAIN_AFTER_MS);
    }
  }
}
