/** What can be changed of an agent without making its container anew: name, limits, rules, notes. */
import { containerName } from '#lib/domain/agent-name.ts';
import type { AgentSpec, RestartPolicy, SnapshotRule } from '#lib/domain/agent-spec.ts';
import { withoutFlags } from '#lib/domain/docker-run/parse.ts';
import { restartAsInput } from '#lib/domain/spec-input.ts';
import type { UpdateInput } from '#lib/domain/inputs/verb-inputs.ts';
import type { ContainerLimits } from '../engine/engine.ts';
import type { AgentPatch, AgentRow } from '../storage/agents.ts';
import { refuseWhatHostLacks } from './spec-maker.ts';
import type { StartedOperation } from './operations.ts';
import { containerIdOf, rowOf, verbPlan, type VerbParts } from './verb-tools.ts';

/** Flags of the start args that say what an update changes: they would win again at the next recreate. */
const FLAGS_OF = {
  memory: ['memory', 'memory-swap'],
  cpu: ['cpus', 'cpu-period', 'cpu-quota'],
  pids: ['pids-limit'],
  restart: ['restart'],
} as const;

export class Changes {
  readonly #parts: VerbParts;

  constructor(parts: VerbParts) {
    this.#parts = parts;
  }

  /**
   * The container gets the new name too, and with it the engine's DNS; the label and the alias of the networks stay what they were at the
   * create. The name is free (spawning.ts has asked).
   */
  rename(row: AgentRow, reason: string, name: string): StartedOperation<AgentRow> {
    const { operations, fleet, records } = this.#parts;
    const engine = fleet.engine(row.hostId);
    return operations.start(
      { ...verbPlan('rename', row, reason, ['rename'], { name }), cancellable: false },
      async (operation) => {
        await operation.step('rename', async (note) => {
          if (row.containerId !== null) await engine.renameContainer(row.containerId, containerName(name));
          note(`${row.name} is now ${name}`);
        });
        return records.patch(row.id, { name });
      },
    );
  }

  /** Limits and restart policy go to the engine, the rest is ours. Throws RESOURCE_LIMIT for more than the host has. */
  update(row: AgentRow, reason: string, wish: UpdateInput): StartedOperation<AgentRow> {
    const { operations, fleet, records, agents } = this.#parts;
    const spec = updatedSpec(row.spec, wish);
    const forEngine = engineUpdate(wish);
    const changesEngine = Object.keys(forEngine).length > 0 && row.containerId !== null;
    if (changesEngine) refuseWhatHostLacks(spec, fleet.get(row.hostId).info);
    const engine = changesEngine ? fleet.engine(row.hostId) : null;
    return operations.start(
      {
        ...verbPlan('update', row, reason, [...(changesEngine ? ['update'] : []), 'record'], asRequest(wish)),
        cancellable: false,
      },
      async (operation) => {
        if (engine !== null) {
          await operation.step('update', async (note) => {
            await engine.updateContainer(containerIdOf(row), forEngine);
            note(inWords(wish));
          });
        }
        return operation.step('record', () => {
          const now = rowOf(agents, row.id);
          const patch: AgentPatch = {
            // somebody else may have changed another field meanwhile
            spec: updatedSpec(now.spec, wish),
            ...(wish.notes === undefined ? {} : { notes: wish.notes }),
            ...(wish.color === undefined ? {} : { color: wish.color }),
          };
          return Promise.resolve(records.patch(row.id, patch));
        });
      },
    );
  }
}

export function updatedSpec(spec: AgentSpec, wish: UpdateInput): AgentSpec {
  const { resources: { memory, cpu, pids } = {}, restart, idle, ttl, snapshots } = wish;
  const flags = [
    ...(memory === undefined ? [] : FLAGS_OF.memory),
    ...(cpu === undefined ? [] : FLAGS_OF.cpu),
    ...(pids === undefined ? [] : FLAGS_OF.pids),
    ...(restart === undefined ? [] : FLAGS_OF.restart),
  ];
  return {
    ...spec,
    resources: {
      ...spec.resources,
      ...(memory === undefined ? {} : { memory }),
      ...(cpu === undefined ? {} : { cpu }),
      ...(pids === undefined ? {} : { pids }),
    },
    ...(restart === undefined ? {} : { restart }),
    ...(idle === undefined
      ? {}
      : { idle: { mode: idle.mode ?? spec.idle.mode, timeout: idle.timeout ?? spec.idle.timeout } }),
    ...(ttl === undefined ? {} : { ttl }),
    snapshots: changedRule(spec.snapshots, snapshots),
    startArgs: flags.length === 0 ? spec.startArgs : withoutFlags(spec.startArgs, flags),
  };
}

function changedRule(was: SnapshotRule, wish: UpdateInput['snapshots'] = {}): SnapshotRule {
  return {
    beforeStop: wish.beforeStop ?? was.beforeStop,
    beforeRemove: wish.beforeRemove ?? was.beforeRemove,
    every: wish.every === undefined ? was.every : wish.every,
    keep: wish.keep === undefined ? was.keep : wish.keep,
  };
}

function engineUpdate({ resources: { memory, cpu, pids } = {}, restart }: UpdateInput): ContainerLimits {
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(pids === undefined ? {} : { pids }),
    ...(restart === undefined ? {} : { restart }),
  };
}

/** As it can be asked for again: an input says `unlimited` where we say null. */
function asRequest({ resources, ...wish }: UpdateInput): Readonly<Record<string, unknown>> {
  if (resources === undefined) return wish;
  const said = Object.entries(resources).map(([key, value]) => [key, value ?? 'unlimited'] as const);
  return { ...wish, resources: Object.fromEntries(said) };
}

function inWords({ resources: { memory, cpu, pids } = {}, restart }: UpdateInput): string {
  const policy = (value: RestartPolicy) => restartAsInput(value);
  return [
    ...(memory === undefined ? [] : [`memory ${memory ?? 'unlimited'}`]),
    ...(cpu === undefined ? [] : [`cpu ${cpu ?? 'unlimited'}`]),
    ...(pids === undefined ? [] : [`pids ${pids ?? 'unlimited'}`]),
    ...(restart === undefined ? [] : [`restart ${policy(restart)}`]),
  ].join(', ');
}
