/** One verb on many agents: a preview of what it hits, and a result for each. */
import { can, type AgentCommand } from '#lib/domain/agent-state.ts';
import { AppError, validationError } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { bulkInput } from '#lib/domain/inputs/verb-inputs.ts';
import type { AgentView, BulkResult } from '#lib/protocol/views.ts';
import { authorize, type Actor } from './access.ts';
import type { AgentService } from './agents.ts';
import { toProblem } from './operations.ts';
import type { SnapshotService } from './snapshots.ts';

export interface Bulk {
  readonly verb: string;
  readonly dryRun: boolean;
  readonly results: readonly BulkResult[];
  readonly count: number;
  readonly failed: number;
}

/** So many are worked on at once. */
const AT_ONCE = 8;

export class BulkService {
  readonly #agents: AgentService;
  readonly #snapshots: SnapshotService;

  constructor(parts: { readonly agents: AgentService; readonly snapshots: SnapshotService }) {
    this.#agents = parts.agents;
    this.#snapshots = parts.snapshots;
  }

  /** Waits for each; one that fails holds up no other. Throws VALIDATION, and NOT_FOUND when a named agent is not there. */
  async run(actor: Actor | null, raw: unknown): Promise<Bulk> {
    const who = authorize(actor, 'agents.change');
    const { verb, agents, filter, input, dryRun } = parseInput(bulkInput, raw);
    const chosen =
      agents === undefined
        ? this.#agents.list(who, filter ?? {})
        : unique(agents.map((each) => this.#agents.get(who, each)));
    if (chosen.length > 1000)
      throw validationError([{ field: 'filter', value: null, rule: 'must hit at most 1000 agents' }]);
    const results: BulkResult[] = [];
    const waiting = chosen.entries();
    const work = async (): Promise<void> => {
      for (const [index, agent] of waiting)
        results[index] = dryRun ? preview(agent, verb, input) : await this.#one(who, agent, verb, input);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return {
      verb,
      dryRun,
      results,
      count: results.length,
      failed: results.filter((each) => !each.ok).length,
    };
  }

  async #one(
    actor: Actor,
    { id, name, status }: AgentView,
    verb: AgentCommand,
    input: Readonly<Record<string, unknown>>,
  ): Promise<BulkResult> {
    try {
      const after = await this.#do(actor, id, verb, input);
      return { id, name, ok: true, status: after?.status ?? status, error: null };
    } catch (error) {
      return { id, name, ok: false, status: this.#agents.get(actor, id).status, error: toProblem(error) };
    }
  }

  async #do(
    actor: Actor,
    id: string,
    verb: AgentCommand,
    input: Readonly<Record<string, unknown>>,
  ): Promise<AgentView | null> {
    const wait = { wait: true };
    switch (verb) {
      case 'start':
        return this.#agents.start(actor, id, wait);
      case 'stop':
        return this.#agents.stop(actor, id, input, wait);
      case 'restart':
        return this.#agents.restart(actor, id, input, wait);
      case 'pause':
        return this.#agents.pause(actor, id);
      case 'resume':
        return this.#agents.resume(actor, id);
      case 'kill':
        return this.#agents.kill(actor, id, input);
      case 'remove':
        return this.#agents.remove(actor, id, input, wait);
      case 'update':
        return this.#agents.update(actor, id, input);
      case 'snapshot':
        await this.#snapshots.create(actor, id, input);
        return this.#agents.get(actor, id);
      default:
        throw new AppError('CONFLICT', `${verb} cannot be done to many at once`);
    }
  }
}

function preview(
  { id, name, status, state, can: possible, startedAt, endedAt }: AgentView,
  verb: AgentCommand,
  input: Readonly<Record<string, unknown>>,
): BulkResult {
  const runs = startedAt !== null && endedAt === null;
  const ok =
    status !== 'unreachable' &&
    can(state, verb) &&
    possible.includes(verb) &&
    (verb !== 'remove' || !runs || input['force'] === true);
  const error = ok
    ? null
    : new AppError('CONFLICT', `${name} cannot ${verb} now: it is ${status}`).toProblem();
  return { id, name, ok, status, error };
}

function unique(views: readonly AgentView[]): readonly AgentView[] {
  return [...new Map(views.map((each) => [each.id, each])).values()];
}
