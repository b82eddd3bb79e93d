/** From a snapshot: new agents, and an agent as it was. */
import { AppError, notFound, validationError } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { specInput } from '#lib/domain/inputs/spawn-input.ts';
import { forkInput, restoreInput } from '#lib/domain/inputs/verb-inputs.ts';
import { mergeInput } from '#lib/domain/merge-input.ts';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { SnapshotRepository, SnapshotRow } from '../storage/snapshots.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { AgentService } from './agents.ts';
import type { RecreateFlow } from './recreate-flow.ts';
import type { SpecMaker } from './spec-maker.ts';
import type { Spawning } from './spawning.ts';
import { containerIdOf } from './verb-tools.ts';
import { withNewVolumes } from './volume-filling.ts';

export interface ForkingParts {
  readonly agents: AgentRepository;
  readonly snapshotRows: SnapshotRepository;
  readonly agentService: AgentService;
  readonly spawning: Spawning;
  readonly recreateFlow: RecreateFlow;
  readonly specs: SpecMaker;
  readonly fleet: Fleet;
}

export class Forking {
  readonly #parts: ForkingParts;

  constructor(parts: ForkingParts) {
    this.#parts = parts;
  }

  /**
   * One agent of a name, or `count` with names that are made; with the spec of the snapshot's agent, but for the fields that shall be other, and
   * with new volumes where their content was copied along. Throws NOT_FOUND, and what a spawn throws; those that were begun before stay.
   */
  async fork(
    actor: Actor | null,
    snapshotId: string,
    raw: unknown,
    options: { wait?: boolean } = {},
  ): Promise<readonly AgentDetailView[]> {
    const who = authorize(actor, 'agents.change');
    const { snapshotRows, agents, spawning, specs, fleet, agentService } = this.#parts;
    const wish = parseInput(forkInput, raw);
    const snapshot = snapshotRows.byId(snapshotId);
    if (snapshot === undefined) throw notFound('snapshot', snapshotId);
    const withVolumes = wantsVolumes(snapshot, wish.volumes);
    const origin = originOf(snapshot, agents.byId(snapshot.agentId));
    const kept = specs.asInput(origin.name, origin.type, origin.spec);
    const changed = mergeInput(mergeInput(kept, wish.spec), { image: snapshot.image, pull: 'never' });
    const input = parseInput(specInput, changed);
    const type = specs.type(origin.type);
    const begun = [];
    for (let n = 0; n < wish.count; n += 1) {
      begun.push(
        await spawning.create(who, {
          name: wish.name ?? null,
          type: type.name,
          host: fleet.get(snapshot.hostId).name,
          snapshotId: snapshot.id,
          spec: (name) => {
            // its image is here: whatever the type would build
            const spec = { ...specs.make(who, name, type, input), build: null };
            return withVolumes ? withNewVolumes(spec, name, snapshot) : spec;
          },
        }),
      );
    }
    if (options.wait === true) await Promise.all(begun.map((each) => Promise.resolve(each.operation?.done)));
    return begun.map(({ row }) => agentService.get(who, row.id));
  }

  /**
   * The agent's filesystem as it was in one of its snapshots (by id or name): the new container is made and ready before the old one is given
   * up. Volumes that were copied along are made anew; those that it has now stay on the host. Throws NOT_FOUND for an unknown one before anything is touched.
   */
  async restore(
    actor: Actor | null,
    idOrName: string,
    raw: unknown,
    options: { wait?: boolean } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const { agentService, recreateFlow, specs } = this.#parts;
    const { snapshot: wish, timeout, volumes } = parseInput(restoreInput, raw);
    const view = agentService.get(who, idOrName);
    const row = this.#row(view.id);
    const snapshot = this.#snapshotOf(row, wish);
    if (!view.can.includes('recreate'))
      throw new AppError('CONFLICT', `${row.name} cannot be restored now: it is ${row.state}`);
    containerIdOf(row);
    const withVolumes = wantsVolumes(snapshot, volumes);
    const plain = { ...row.spec, image: snapshot.image, pull: 'never' as const, build: null };
    const spec = withVolumes ? withNewVolumes(plain, row.name, snapshot) : plain;
    specs.allow(who, row.name, spec);
    const request = { snapshot: snapshot.id, volumes: withVolumes, timeout };
    const started = recreateFlow.recreate(row, asReason(who), spec, timeout, request, {
      snapshotId: snapshot.id,
      withVolumes,
    });
    if (options.wait === true) await started.done;
    return agentService.get(who, row.id);
  }

  /** Only its own: another agent's is for a fork. */
  #snapshotOf(row: AgentRow, wish: string): SnapshotRow {
    const own = this.#parts.snapshotRows.ofAgent(row.id);
    const found = own.find((each) => each.id === wish) ?? own.find((each) => each.name === wish);
    if (found === undefined) throw notFound('snapshot', wish);
    return found;
  }

  #row(id: string): AgentRow {
    const row = this.#parts.agents.byId(id);
    if (row === undefined) throw notFound('agent', id);
    return row;
  }
}

/** The agent as it is; of one that was never here (imported) as it was then. */
function originOf(
  snapshot: SnapshotRow,
  agent: AgentRow | undefined,
): Pick<AgentRow, 'name' | 'type' | 'spec'> {
  if (agent !== undefined) return agent;
  const { spec, agentType, agentName } = snapshot;
  if (spec === null || agentType === null) throw notFound('agent', agentName);
  return { name: agentName, type: agentType, spec };
}

/** Throws VALIDATION when they are asked for and there are none. */
function wantsVolumes({ volumes }: SnapshotRow, wish: boolean | undefined): boolean {
  if (wish === true && volumes.length === 0)
    throw validationError([
      { field: 'volumes', value: true, rule: 'this snapshot has no copies of volumes' },
    ]);
  return wish ?? volumes.length > 0;
}
