/** Containers that Slipway did not make: seen, and taken under management without restarting them. */
import { AGENT_NAME_RULE, inventAgentName } from '#lib/domain/agent-name.ts';
import { PLAIN_SPEC, RESTART_POLICIES, type AgentSpec, type VolumeSpec } from '#lib/domain/agent-spec.ts';
import type { AgentState } from '#lib/domain/agent-state.ts';
import { formatPorts } from '#lib/domain/docker-run/ports.ts';
import type { PortBinding } from '#lib/domain/docker-run/create-body.ts';
import { AppError, notFound, validationError } from '#lib/domain/errors.ts';
import { newId, type AgentId } from '#lib/domain/ids.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { adoptInput } from '#lib/domain/inputs/verb-inputs.ts';
import { LABEL } from '#lib/domain/labels.ts';
import type { UnmanagedView } from '#lib/protocol/views.ts';
import type { ContainerFacts, Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Host } from '../hosts/host.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { AgentRecords } from './agent-records.ts';
import type { Operations } from './operations.ts';

export interface AdoptionParts {
  readonly instance: string;
  readonly fleet: Fleet;
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly operations: Operations;
}

export class Adoption {
  readonly #parts: AdoptionParts;

  constructor(parts: AdoptionParts) {
    this.#parts = parts;
  }

  /** Containers of all reachable hosts that are nobody's agents here. A host that does not answer is left out. */
  async unmanaged(actor: Actor | null): Promise<readonly UnmanagedView[]> {
    authorize(actor, 'agents.see');
    const { fleet, agents, instance } = this.#parts;
    const lists = await Promise.all(
      fleet.hosts().map(async (host) => {
        try {
          const containers = await host.engine().listContainers();
          return containers
            .filter(
              (each) => agents.byContainer(each.id) === undefined && each.labels[LABEL.instance] !== instance,
            )
            .map((each): UnmanagedView => ({
              id: each.id,
              name: each.name,
              host: host.name,
              image: each.image,
              command: each.command,
              status: each.status,
              statusText: each.statusText,
              createdAt: new Date(each.createdAt).toISOString(),
              ports: formatSummaryPorts(each.ports),
              networks: each.networks,
              ofAnotherInstance: Boolean(each.labels[LABEL.instance]),
            }));
        } catch (error) {
          if (error instanceof AppError) return [];
          throw error;
        }
      }),
    );
    return lists.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Writes an agent down for a container that is there. Nothing is done to the container. Throws NOT_FOUND, CONFLICT for one that is an agent
   * already or belongs to another instance, NAME_TAKEN.
   */
  async adopt(actor: Actor | null, raw: unknown): Promise<AgentRow> {
    const who = authorize(actor, 'containers.adopt');
    const { fleet, agents, records, operations } = this.#parts;
    const wish = parseInput(adoptInput, raw);
    const host = fleet.place(wish.host);
    const facts = await this.#find(host.engine(), wish.container);
    this.#refuseOthers(facts);
    const name = wish.name ?? this.#nameFor(facts.name);
    if (agents.byName(name) !== undefined)
      throw new AppError('NAME_TAKEN', `The name "${name}" is taken by another agent`);
    const row = newRow(who, host, facts, name);
    const prepared = records.create(row, (tell) =>
      operations.prepare(
        {
          kind: 'adopt',
          agent: { id: row.id, name },
          hostId: host.id,
          actor: asReason(who),
          steps: ['adopt'],
          cancellable: false,
        },
        tell,
      ),
    );
    await operations.run(prepared, false, (operation) =>
      operation.step('adopt', (note) => {
        note(`${facts.name}, ${facts.status}`);
        if (facts.startedAt !== null && row.endedAt === null)
          records.patch(row.id, { startedAt: facts.startedAt, bootedAt: facts.startedAt });
        return Promise.resolve(row);
      }),
    ).done;
    return agents.byId(row.id) ?? row;
  }

  async #find(engine: Engine, wish: string): Promise<ContainerFacts> {
    try {
      return await engine.inspectContainer(wish);
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_FOUND') throw notFound('container', wish);
      throw error;
    }
  }

  #refuseOthers(facts: ContainerFacts): void {
    const { agents, instance } = this.#parts;
    if (agents.byContainer(facts.id) !== undefined)
      throw new AppError('CONFLICT', `${facts.name} is an agent already`, {
        hint: 'Look for it in the list.',
      });
    const owner = facts.labels[LABEL.instance];
    if (owner !== undefined && owner !== '' && owner !== instance) {
      throw new AppError('CONFLICT', `${facts.name} belongs to another Slipway`, {
        hint: 'Instances that share an engine leave each other alone.',
      });
    }
  }

  #nameFor(containerName: string): string {
    const plain = containerName.replaceAll('.', '-');
    if (AGENT_NAME_RULE.test(plain) && this.#parts.agents.byName(plain) === undefined) return plain;
    return inventAgentName('custom', Math.random);
  }
}

const STATES: Readonly<Record<ContainerFacts['status'], AgentState | null>> = {
  created: 'stopped',
  running: 'ready',
  paused: 'paused',
  restarting: 'restarting',
  exited: 'exited',
  dead: 'exited',
  removing: null,
};

function newRow(actor: Actor, host: Host, facts: ContainerFacts, name: string): AgentRow {
  const now = Date.now();
  const found = STATES[facts.status];
  if (found === null)
    throw validationError([{ field: 'container', value: facts.name, rule: 'is being removed' }]);
  const state = found === 'exited' ? ended(facts) : found;
  const runs = state === 'ready' || state === 'paused' || state === 'restarting';
  return {
    id: newId<AgentId>(now),
    name,
    type: 'custom',
    hostId: host.id,
    state,
    wanted: runs ? 'running' : 'stopped',
    reason: `adopted by ${asReason(actor)}`,
    since: now,
    spec: specOf(facts),
    containerId: facts.id,
    imageId: facts.imageId,
    error: null,
    createdBy: actor.name,
    createdAt: now,
    // its life begins in the operation, so that it has a record
    startedAt: null,
    endedAt: runs ? null : facts.finishedAt,
    exitCode: runs ? null : facts.exitCode,
    stopDeadline: null,
    lastActivityAt: null,
    notes: '',
    color: null,
    bootedAt: null,
    keepAliveUntil: null,
    adopted: true,
    snapshotId: null,
  };
}

/** Who ended it is not known: the codes of SIGTERM and SIGKILL mostly mean that somebody stopped it. */
function ended({ exitCode, oomKilled }: ContainerFacts): AgentState {
  if (!oomKilled && (exitCode === 143 || exitCode === 137)) return 'stopped';
  return exitCode === 0 ? 'exited' : 'crashed';
}

/** As far as fields can say it; recreate and clone of an adopted one make what the fields say. */
function specOf({ raw, image, tty }: ContainerFacts): AgentSpec {
  const config = part(raw, 'Config');
  const host = part(raw, 'HostConfig');
  const text = (from: Readonly<Record<string, unknown>>, key: string): string | null => {
    const value = from[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const amount = (key: string): number | null => {
    const value = host[key];
    return typeof value === 'number' && value > 0 ? value : null;
  };
  const list = (from: Readonly<Record<string, unknown>>, key: string): readonly string[] => {
    const value = from[key];
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  };
  const policy = part(host, 'RestartPolicy');
  const cpu = amount('NanoCpus');
  const bindings = host['PortBindings'] as
    Readonly<Record<string, readonly PortBinding[]>> | null | undefined;
  const privileged = host['Privileged'] === true;
  return {
    ...PLAIN_SPEC,
    image,
    command: list(config, 'Cmd').length === 0 ? null : list(config, 'Cmd'),
    entrypoint: list(config, 'Entrypoint').length === 0 ? null : list(config, 'Entrypoint'),
    workdir: text(config, 'WorkingDir'),
    user: text(config, 'User'),
    hostname: null,
    tty,
    stdin: config['OpenStdin'] === true,
    resources: {
      ...PLAIN_SPEC.resources,
      memory: amount('Memory'),
      cpu: cpu === null ? null : cpu / 1e9,
      pids: amount('PidsLimit'),
    },
    env: Object.fromEntries(
      list(config, 'Env')
        // one without a value takes a name of the image away
        .filter((entry) => entry.includes('='))
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    ),
    volumes: mountsOf(raw),
    networks: Object.keys(part(part(raw, 'NetworkSettings'), 'Networks')),
    ports: bindings ? formatPorts(bindings) : [],
    security: {
      ...PLAIN_SPEC.security,
      profile: 'unrestricted',
      privileged,
      hostPid: host['PidMode'] === 'host',
    },
    restart: {
      name: RESTART_POLICIES.find((each) => each === policy['Name']) ?? 'no',
      maximumRetryCount: typeof policy['MaximumRetryCount'] === 'number' ? policy['MaximumRetryCount'] : 0,
    },
  };
}

function mountsOf(raw: Readonly<Record<string, unknown>>): readonly VolumeSpec[] {
  const mounts = Array.isArray(raw['Mounts']) ? (raw['Mounts'] as readonly Record<string, unknown>[]) : [];
  return mounts.flatMap((mount): VolumeSpec[] => {
    const source =
      mount['Type'] === 'bind' ? mount['Source'] : mount['Type'] === 'volume' ? mount['Name'] : null;
    const target = mount['Destination'];
    if (typeof source !== 'string' || typeof target !== 'string') return [];
    return [{ source, target, modes: mount['RW'] === false ? ['ro'] : [], create: false }];
  });
}

function part(from: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  const value = from[key];
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function formatSummaryPorts(
  ports: readonly { readonly container: string; readonly ip: string; readonly host: number }[],
): readonly string[] {
  return ports.map((each) => `${each.ip === '' ? '' : `${each.ip}:`}${each.host}->${each.container}`);
}
