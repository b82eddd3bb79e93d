/** Makes the services, in the order in which they need each other. Used by the composition root and by tests. */
import { DEFAULT_POLICY } from '#lib/domain/policy.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Log } from '../log.ts';
import type { AppBus } from '../messages.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { CrashRepository } from '../storage/crashes.ts';
import type { Journal } from '../storage/journal.ts';
import type { SettingsRepository } from '../storage/settings.ts';
import type { SnapshotRepository } from '../storage/snapshots.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';
import type { TailBoard } from '../streams/tail-board.ts';
import { Adoption } from './adoption.ts';
import type { AgentRecords } from './agent-records.ts';
import { AgentService } from './agents.ts';
import { BulkService } from './bulk.ts';
import { Changes } from './changes.ts';
import { ContainerMaker } from './container-maker.ts';
import { CrashReports } from './crash-reports.ts';
import { Forking } from './forking.ts';
import { HostService } from './hosts.ts';
import { LogService } from './logs.ts';
import type { Networks } from './networks.ts';
import type { Operations } from './operations.ts';
import { PreflightService } from './preflight.ts';
import { PruneService } from './prune.ts';
import { RecreateFlow } from './recreate-flow.ts';
import { Removal } from './removal.ts';
import { Resumer } from './resumer.ts';
import { RetryService } from './retry.ts';
import { SnapshotService } from './snapshots.ts';
import { SpawnFlow } from './spawn-flow.ts';
import { SpecMaker, type InstanceDefaults } from './spec-maker.ts';
import { Spawning } from './spawning.ts';
import { Turns } from './turns.ts';
import { Verbs } from './verbs.ts';

export interface Ground {
  readonly instance: string;
  readonly defaults: InstanceDefaults;
  readonly fleet: Fleet;
  readonly agents: AgentRepository;
  readonly settings: SettingsRepository;
  readonly snapshotRows: SnapshotRepository;
  readonly crashes: CrashRepository;
  readonly records: AgentRecords;
  readonly journal: Journal;
  readonly operations: Operations;
  readonly networks: Networks;
  readonly pulses: PulseBoard;
  readonly tails: TailBoard;
  readonly bus: AppBus;
  readonly log: Log;
}

export function composeServices(ground: Ground) {
  const { agents, fleet, operations, records, instance } = ground;
  const turns = new Turns();
  const specs = new SpecMaker(ground.defaults, () => DEFAULT_POLICY);
  const maker = new ContainerMaker(ground);
  const flow = new SpawnFlow({ instance, fleet, agents, records, maker, turns });
  const spawning = new Spawning({ ...ground, specs, flow });
  const verbs = new Verbs(ground);
  const removal = new Removal(ground);
  const snapshots = new SnapshotService({ ...ground, snapshots: ground.snapshotRows });
  const recreateFlow = new RecreateFlow({ ...ground, maker, turns });
  const agentService = new AgentService({
    ...ground,
    specs,
    spawning,
    verbs,
    removal,
    changes: new Changes(ground),
    recreateFlow,
    newestSnapshot: (row) => ground.snapshotRows.ofAgent(row.id)[0]?.image ?? null,
    snapshotOf: (actor, row) => snapshots.take(actor, row, 'taken before a stop'),
  });
  const prune = new PruneService({
    instance,
    fleet,
    agents,
    operations,
    removal,
    defaultNetwork: ground.defaults.network,
  });
  return {
    /** For the loops. */
    flows: { spawning, verbs, resumer: new Resumer({ spawning, verbs, removal }) },
    services: {
      agents: agentService,
      snapshots,
      operations,
      adoption: new Adoption(ground),
      bulk: new BulkService({ agents: agentService, snapshots }),
      crashes: new CrashReports({ ...ground, agentService, snapshots, spawning, specs }),
      forking: new Forking({ ...ground, agentService, spawning, recreateFlow, specs }),
      hosts: new HostService(fleet),
      logs: new LogService({ agents, fleet, tails: ground.tails }),
      preflight: new PreflightService({ specs, fleet, agents, defaultNetwork: ground.defaults.network }),
      prune,
      retry: new RetryService({ operations, agents: agentService, snapshots, prune }),
    },
  };
}

export type Services = ReturnType<typeof composeServices>['services'];
