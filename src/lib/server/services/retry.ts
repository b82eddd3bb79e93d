/** Trying an operation again: what was asked for is in its record. */
import { AppError } from '#lib/domain/errors.ts';
import type { OperationView } from '#lib/protocol/views.ts';
import { authorize, type Actor } from './access.ts';
import type { AgentService } from './agents.ts';
import type { BuildService } from './builds.ts';
import type { Forking } from './forking.ts';
import type { Operations } from './operations.ts';
import type { PruneService } from './prune.ts';
import type { PullService } from './pulls.ts';
import type { SnapshotSending } from './snapshot-sending.ts';
import type { SnapshotService } from './snapshots.ts';
import type { TypeTest } from './type-test.ts';

export interface RetryParts {
  readonly operations: Operations;
  readonly agents: AgentService;
  readonly forking: Forking;
  readonly snapshots: SnapshotService;
  readonly prune: PruneService;
  readonly pulls: PullService;
  readonly snapshotSending: SnapshotSending;
  readonly typeTests: TypeTest;
  readonly builds: BuildService;
}

export class RetryService {
  readonly #parts: RetryParts;

  constructor(parts: RetryParts) {
    this.#parts = parts;
  }

  /**
   * Does the same again, with the rights of who asks now, and gives the operation that came of it. Throws NOT_FOUND, or CONFLICT for one
   * that succeeded, still runs, or is of a time when requests were not kept.
   */
  async retry(actor: Actor | null, id: string): Promise<OperationView> {
    authorize(actor, 'operations.cancel');
    const { operations } = this.#parts;
    const row = operations.row(id);
    if (row.state !== 'failed' && row.state !== 'cancelled')
      throw new AppError('CONFLICT', `It ${row.state === 'running' ? 'is still running' : 'succeeded'}`);
    if (row.request === null) throw new AppError('CONFLICT', 'What was asked for is not known any more');
    const { agentId } = row;
    const newest = () => (agentId === null ? operations.list(actor, 50) : operations.ofAgent(agentId, 50));
    const before = new Set(newest().map((each) => each.id));
    await this.#again(actor, row.kind, agentId, row.request);
    const begun = newest().filter((each) => !before.has(each.id));
    // of another kind too: what could not be spawned and was kept for a look is started
    const again = begun.find((each) => each.kind === row.kind) ?? begun[0];
    return again ?? operations.get(actor, row.id);
  }

  async #again(
    actor: Actor | null,
    kind: OperationView['kind'],
    agentId: string | null,
    request: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    const { agents, forking, snapshots, prune, pulls, builds, typeTests, snapshotSending } = this.#parts;
    const agent = agentId ?? '';
    switch (kind) {
      case 'spawn':
      case 'start':
        return agents.start(actor, agent);
      case 'stop':
        return agents.stop(actor, agent, request);
      case 'restart':
        // a restart that failed leaves an agent that can only be started
        return agents.get(actor, agent).can.includes('restart')
          ? agents.restart(actor, agent, request)
          : agents.start(actor, agent);
      case 'remove':
        return agents.remove(actor, agent, request);
      case 'rename':
        return agents.rename(actor, agent, request);
      case 'update':
        return agents.update(actor, agent, request);
      case 'recreate':
        // a restore is one too
        return 'snapshot' in request
          ? forking.restore(actor, agent, request)
          : agents.recreate(actor, agent, request);
      case 'snapshot':
        return snapshots.create(actor, agent, request, { wait: false });
      case 'prune':
        return prune.prune(actor, request);
      case 'pull':
        return pulls.pull(actor, request);
      case 'type-test': {
        const { type, ...rest } = request;
        return typeTests.test(actor, String(type), rest, { wait: false });
      }
      case 'build':
        return builds.create(actor, request);
      case 'push':
        return snapshotSending.push(actor, idIn(request), { reference: request['reference'] });
      case 'copy':
        return snapshotSending.copy(actor, idIn(request), { host: request['host'] });
      default:
        throw new AppError('CONFLICT', `An operation of the kind ${kind} cannot be tried again`);
    }
  }
}

function idIn(request: Readonly<Record<string, unknown>>): string {
  const { snapshot } = request;
  return typeof snapshot === 'string' ? snapshot : '';
}
