/** Makes the services, in the order in which they need each other. Used by the composition root and by tests. */
import { DEFAULT_POLICY } from '#lib/domain/policy.ts';
import type { LogStore } from '../archive/log-store.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Log } from '../log.ts';
import type { AppBus } from '../messages.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { BuildRepository } from '../storage/builds.ts';
import type { CrashRepository } from '../storage/crashes.ts';
import type { Journal } from '../storage/journal.ts';
import type { RegistryRepository } from '../storage/registries.ts';
import type { SecretRepository } from '../storage/secrets.ts';
import type { SettingsRepository } from '../storage/settings.ts';
import type { SshdKeyRepository } from '../storage/sshd-keys.ts';
import type { SnapshotRepository } from '../storage/snapshots.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';
import type { TailBoard } from '../streams/tail-board.ts';
import { Adoption } from './adoption.ts';
import type { AgentRecords } from './agent-records.ts';
import { AgentService } from './agents.ts';
import { AgentTypeService } from './agent-types.ts';
import { BuildLogs } from './build-log.ts';
import { Builder } from './builder.ts';
import { BuildService } from './builds.ts';
import { BulkService } from './bulk.ts';
import { Changes } from './changes.ts';
import { ContainerMaker } from './container-maker.ts';
import { CrashReports } from './crash-reports.ts';
import { DiffMaking } from './diff-making.ts';
import { DiffService } from './diffs.ts';
import { Forking } from './forking.ts';
import { HostDefaultsService } from './host-defaults.ts';
import { HostService } from './hosts.ts';
import { ImagePolicyService } from './image-policy.ts';
import { ImageService } from './images.ts';
import { InsideDial } from './inside-dial.ts';
import { LogService } from './logs.ts';
import type { Networks } from './networks.ts';
import type { Operations } from './operations.ts';
import { Placement } from './placement.ts';
import { PreflightService } from './preflight.ts';
import { PruneService } from './prune.ts';
import { PullService } from './pulls.ts';
import { RecreateFlow } from './recreate-flow.ts';
import { RegistryService } from './registries.ts';
import { Removal } from './removal.ts';
import { Resumer } from './resumer.ts';
import { RetryService } from './retry.ts';
import type { Seal } from './seal.ts';
import { SecretDelivery } from './secret-delivery.ts';
import { SecretService } from './secrets.ts';
import { SnapshotDeletion } from './snapshot-deletion.ts';
import { SnapshotExport } from './snapshot-export.ts';
import { SnapshotImport } from './snapshot-import.ts';
import { SnapshotRecords } from './snapshot-records.ts';
import { SnapshotRules } from './snapshot-rules.ts';
import { SnapshotSending } from './snapshot-sending.ts';
import { SnapshotTaking } from './snapshot-taking.ts';
import { SnapshotService } from './snapshots.ts';
import { SpawnFlow } from './spawn-flow.ts';
import { SpecMaker, type InstanceDefaults } from './spec-maker.ts';
import { Spawning } from './spawning.ts';
import { Sshd } from './sshd.ts';
import { Temporaries } from './temporaries.ts';
import { Turns } from './turns.ts';
import type { TypeCatalogue } from './type-catalogue.ts';
import { TypeImages } from './type-images.ts';
import { TypeTest } from './type-test.ts';
import { Verbs } from './verbs.ts';
import { VolumeCopies } from './volume-copies.ts';
import { VolumeFilling } from './volume-filling.ts';

export interface Ground {
  readonly instance: string;
  readonly dataDir: string;
  /** Bytes of a build's context, and of what is uploaded for one. */
  readonly maxUpload: number;
  readonly defaults: InstanceDefaults;
  readonly fleet: Fleet;
  readonly agents: AgentRepository;
  readonly settings: SettingsRepository;
  readonly snapshotRows: SnapshotRepository;
  readonly crashes: CrashRepository;
  readonly buildRows: BuildRepository;
  readonly registryRows: RegistryRepository;
  readonly secretRows: SecretRepository;
  readonly sshdRows: SshdKeyRepository;
  readonly types: TypeCatalogue;
  /** The folder that Slipway was started from. */
  readonly root: string;
  readonly seal: Seal;
  readonly records: AgentRecords;
  readonly journal: Journal;
  readonly operations: Operations;
  readonly networks: Networks;
  readonly pulses: PulseBoard;
  readonly tails: TailBoard;
  readonly logStore: LogStore;
  readonly bus: AppBus;
  readonly log: Log;
}

export function composeServices(ground: Ground) {
  const { agents, fleet, operations, records, instance } = ground;
  const turns = new Turns();
  const secrets = new SecretService({ ...ground, secrets: ground.secretRows });
  const secretDelivery = new SecretDelivery(secrets);
  const dial = new InsideDial();
  const sshd = new Sshd({ ...ground, dial });
  const hostDefaults = new HostDefaultsService(ground);
  const specs = new SpecMaker({
    hostDefaults,
    policy: () => DEFAULT_POLICY,
    secrets,
    types: ground.types,
  });
  const registries = new RegistryService({ ...ground, registries: ground.registryRows });
  const imagePolicy = new ImagePolicyService({
    ...ground,
    isOurs: (hostId, imageId) =>
      ground.snapshotRows.byImageId(hostId, imageId) !== undefined ||
      ground.buildRows.byImageId(hostId, imageId) !== undefined,
  });
  const pulls = new PullService({ ...ground, policy: imagePolicy, registries });
  const buildLogs = new BuildLogs(ground.dataDir);
  const builder = new Builder({
    ...ground,
    builds: ground.buildRows,
    logs: buildLogs,
    logins: () => registries.logins(),
    imagePolicy,
    maxBytes: ground.maxUpload,
  });
  const builds = new BuildService({ ...ground, builds: ground.buildRows, builder, logs: buildLogs });
  const copies = new VolumeCopies(ground.dataDir);
  const filling = new VolumeFilling({ ...ground, copies });
  const maker = new ContainerMaker({ ...ground, secretDelivery, sshd, filling, pulls, imagePolicy, builder });
  const flow = new SpawnFlow({ instance, fleet, agents, records, maker, sshd, turns });
  const placement = new Placement(ground);
  const spawning = new Spawning({ ...ground, specs, placement, flow });
  const verbs = new Verbs({ ...ground, secretDelivery, sshd });
  const snapshotRecords = new SnapshotRecords({ ...ground, secrets });
  const taking = new SnapshotTaking({ ...ground, snapshotRecords, copies });
  const deletion = new SnapshotDeletion({ ...ground, snapshotRecords, copies });
  const rules = new SnapshotRules({ ...ground, taking, deletion });
  const removal = new Removal({ ...ground, rules });
  const snapshots = new SnapshotService({ ...ground, snapshotRecords, taking, deletion });
  const snapshotParts = {
    ...ground,
    snapshotRecords,
    taking,
    copies,
    specs,
    secrets,
    registries,
    imagePolicy,
  };
  const recreateFlow = new RecreateFlow({ ...ground, maker, sshd, turns });
  const agentService = new AgentService({
    ...ground,
    secrets,
    specs,
    spawning,
    verbs,
    removal,
    changes: new Changes(ground),
    recreateFlow,
    rules,
    newestSnapshot: (row) => ground.snapshotRows.ofAgent(row.id)[0] ?? null,
  });
  const prune = new PruneService({
    instance,
    fleet,
    agents,
    operations,
    removal,
    defaultNetwork: ground.defaults.network,
  });
  const temporaries = new Temporaries(ground);
  const making = new DiffMaking({ ...ground, temporaries });
  const typeTests = new TypeTest({ ...ground, catalogue: ground.types, spawning, removal });
  const snapshotSending = new SnapshotSending(snapshotParts);
  const forking = new Forking({ ...ground, agentService, spawning, recreateFlow, specs });
  return {
    /** For the loops. */
    flows: {
      spawning,
      verbs,
      rules,
      copies,
      snapshotRecords,
      temporaries,
      /** For the area of ssh. */
      sshd,
      dial,
      resumer: new Resumer({ spawning, verbs, removal }),
    },
    services: {
      agents: agentService,
      snapshots,
      operations,
      adoption: new Adoption(ground),
      builds,
      bulk: new BulkService({ agents: agentService, snapshots }),
      crashes: new CrashReports({ ...ground, agentService, snapshots, spawning, specs }),
      diffs: new DiffService({ ...ground, temporaries, making }),
      forking,
      hostDefaults,
      hosts: new HostService(fleet),
      imagePolicy,
      images: new ImageService({
        ...ground,
        snapshots: ground.snapshotRows,
        builds: ground.buildRows,
        policy: imagePolicy,
      }),
      pulls,
      registries,
      logs: new LogService({ agents, fleet, tails: ground.tails, store: ground.logStore }),
      preflight: new PreflightService({
        ...ground,
        specs,
        placement,
        imagePolicy,
        defaultNetwork: ground.defaults.network,
      }),
      prune,
      secrets,
      snapshotExport: new SnapshotExport(snapshotParts),
      snapshotImport: new SnapshotImport(snapshotParts),
      snapshotSending,
      types: new AgentTypeService({ ...ground, catalogue: ground.types }),
      typeImages: new TypeImages({ ...ground, catalogue: ground.types, builds }),
      typeTests,
      retry: new RetryService({
        operations,
        agents: agentService,
        forking,
        snapshots,
        prune,
        pulls,
        builds,
        typeTests,
        snapshotSending,
      }),
    },
  };
}

export type Services = ReturnType<typeof composeServices>['services'];
