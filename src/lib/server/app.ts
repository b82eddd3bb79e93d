/**
 * The composition root: the only place that makes services, loops, engines and repositories, and the order in which they start and stop.
 * Agents go on running whatever happens here.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newId, type HostId } from '#lib/domain/ids.ts';
import { composeAlerts } from './areas/alerts.ts';
import type { AreaParts } from './areas/area.ts';
import { composeFiles } from './areas/files.ts';
import { composeInside } from './areas/inside.ts';
import { composeLogs, openLogStore } from './areas/logs.ts';
import { composeMetrics } from './areas/metrics.ts';
import { composeSsh } from './areas/ssh.ts';
import { Bus } from './bus.ts';
import type { Config } from './config.ts';
import { DockerEngine } from './engine/docker/docker-engine.ts';
import type { Engine } from './engine/engine.ts';
import { Fleet } from './hosts/fleet.ts';
import { connectLocal, parseLocalAddress } from './hosts/local.ts';
import { createLog, type Log } from './log.ts';
import { AutoSnapshots } from './loops/auto-snapshots.ts';
import { Housekeeping } from './loops/housekeeping.ts';
import { IdleStop } from './loops/idle-stop.ts';
import { Reconciler } from './loops/reconciler.ts';
import { Sampler } from './loops/sampler.ts';
import { Tails } from './loops/tails.ts';
import { Watcher } from './loops/watcher.ts';
import type { AppBus, Messages } from './messages.ts';
import { AccountService } from './services/accounts.ts';
import { AgentRecords } from './services/agent-records.ts';
import { composeServices, type Services } from './services/compose.ts';
import { LoginLimit } from './services/login-limit.ts';
import { LoginNeeds } from './services/login-needs.ts';
import { Networks } from './services/networks.ts';
import { Operations } from './services/operations.ts';
import { PromptNeeds } from './services/prompt-needs.ts';
import { openSeal } from './services/seal.ts';
import { TypeCatalogue } from './services/type-catalogue.ts';
import { AccountRepository } from './storage/accounts.ts';
import { AgentTypeRepository } from './storage/agent-types.ts';
import { AgentRepository } from './storage/agents.ts';
import { BuildRepository } from './storage/builds.ts';
import { CrashRepository } from './storage/crashes.ts';
import { openDatabase } from './storage/database.ts';
import { Journal } from './storage/journal.ts';
import { MetricRepository } from './storage/metrics.ts';
import { LogSegmentRepository } from './storage/log-segments.ts';
import { OperationRepository } from './storage/operations.ts';
import { RegistryRepository } from './storage/registries.ts';
import { SecretRepository } from './storage/secrets.ts';
import { SettingsRepository } from './storage/settings.ts';
import { SnapshotRepository } from './storage/snapshots.ts';
import { SshdKeyRepository } from './storage/sshd-keys.ts';
import { HostBoard } from './streams/host-board.ts';
import { LineCounts } from './streams/line-counts.ts';
import { PulseBoard } from './streams/pulse-board.ts';
import type { ServerMeter } from './streams/server-meter.ts';
import { TailBoard } from './streams/tail-board.ts';

export interface App {
  readonly config: Config;
  readonly log: Log;
  readonly bus: AppBus;
  readonly journal: Journal;
  readonly fleet: Fleet;
  readonly pulses: PulseBoard;
  readonly hostFigures: HostBoard;
  readonly meter: ServerMeter;
  readonly tails: TailBoard;
  readonly sampler: Sampler;
  readonly idleStop: IdleStop;
  readonly services: Services & { readonly accounts: AccountService } & AreaServices;
  /** `starting`, `running` or `stopping`, for the health check. */
  readonly phase: () => 'starting' | 'running' | 'stopping';
  /** Registers what has to end before everything else (the sockets). */
  onClose(first: () => Promise<void>): void;
  close(): Promise<void>;
}

type AreaServices = ReturnType<typeof composeAreas>['services'];

export interface StartOptions {
  /** Where the SQL migrations are. */
  readonly migrationsDir: string;
  /** For tests: opens the engine of the local host in place of the real one. */
  readonly openEngine?: () => Promise<Engine>;
  /** How long the start waits for hosts to answer. */
  readonly patienceMs?: number;
  /** For tests: the clock of the idle rules, and how long after the start they judge nobody. Milliseconds. */
  readonly idleClock?: { readonly now: () => number; readonly settleMs: number };
}

const LOCAL_HOST_NAME = 'local';

export async function startApp(config: Config, options: StartOptions): Promise<App> {
  const log = createLog(config.logLevel);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const database = openDatabase(join(config.dataDir, 'slipway.db'), options.migrationsDir);
  const bus: AppBus = new Bus<Messages>((error) => {
    log.error({ err: error }, 'a listener broke');
  });
  const journal = new Journal(database.db, (facts) => {
    bus.emit('facts', facts);
  });
  const agents = new AgentRepository(database.db);
  const settings = new SettingsRepository(database.db);
  const snapshotRows = new SnapshotRepository(database.db);
  const instance = instanceId(settings);

  const fleet = new Fleet();
  const hostId = localHost(settings, config.engine);
  fleet.add({
    id: hostId,
    name: LOCAL_HOST_NAME,
    kind: 'local',
    address: config.engine,
    noPull: config.noPull,
    open:
      options.openEngine ??
      (() =>
        DockerEngine.open({
          connect: () => connectLocal(parseLocalAddress(config.engine)),
          timeoutMs: 5_000,
        })),
  });

  const pulses = new PulseBoard();
  const hostFigures = new HostBoard();
  const meter: ServerMeter = { sockets: 0 };
  const tails = new TailBoard();
  const types = new TypeCatalogue(new AgentTypeRepository(database.db));
  const logins = new LoginNeeds(
    types,
    ({ id, containerId }) => (containerId === null ? null : agents.lastEnd(id, containerId)),
    (id) => records.patch(id, {}),
  );
  const prompts = new PromptNeeds(
    types,
    ({ id, containerId }) => (containerId === null ? null : agents.lastEnd(id, containerId)),
    (id) => records.patch(id, {}),
  );
  const records = new AgentRecords(
    journal,
    agents,
    fleet,
    (row) => logins.of(row),
    (row) => prompts.of(row),
  );
  const networks = new Networks(config.network, instance);
  const operations = new Operations({
    journal,
    repository: new OperationRepository(database.db),
    bus,
    hostName: (id) => fleet.find(id)?.name ?? null,
    onBug: (error, operation) => {
      log.error({ err: error, operation }, 'an operation broke');
    },
  });
  const defaults = {
    memory: config.defaultMemory,
    cpu: config.defaultCpu,
    pids: 512,
    network: config.network,
  };
  const seal = openSeal(config.dataDir, config.secretKey);
  const lineCounts = new LineCounts();
  const logStore = openLogStore({
    config,
    segments: new LogSegmentRepository(database.db),
    agents,
    journal,
    log,
    lineCounts,
  });
  const { flows, services } = composeServices({
    instance,
    dataDir: config.dataDir,
    maxUpload: config.maxUpload,
    defaults,
    fleet,
    agents,
    settings,
    snapshotRows,
    crashes: new CrashRepository(database.db),
    buildRows: new BuildRepository(database.db),
    registryRows: new RegistryRepository(database.db),
    secretRows: new SecretRepository(database.db),
    sshdRows: new SshdKeyRepository(database.db),
    types,
    root: dirname(options.migrationsDir),
    seal,
    records,
    journal,
    operations,
    networks,
    pulses,
    tails,
    logStore,
    bus,
    log,
  });
  const accounts = new AccountService({
    accounts: new AccountRepository(database.db),
    limit: new LoginLimit(),
    dataDir: config.dataDir,
    setupToken: config.setupToken,
    auth: config.auth,
  });

  const watcher = new Watcher({ agents, records, networks, log });
  const reconciler = new Reconciler({ instance, agents, records, operations, resumer: flows.resumer, log });
  const sampler = new Sampler({ agents, fleet, pulses, bus });
  const idleStop = new IdleStop({
    agents,
    operations,
    verbs: flows.verbs,
    rules: flows.rules,
    fleet,
    pulses,
    bus,
    log,
    ...options.idleClock,
  });
  const autoSnapshots = new AutoSnapshots({
    agents,
    snapshotRows,
    operations,
    rules: flows.rules,
    fleet,
    log,
  });
  const areas = composeAreas({
    config,
    instance,
    log,
    bus,
    db: database.db,
    journal,
    fleet,
    agents,
    settings,
    records,
    operations,
    pulses,
    tails,
    sampler,
    metrics: new MetricRepository(database.db),
    hostFigures,
    lineCounts,
    logStore,
    meter,
    seal,
    types,
    prompts,
    services,
    sshd: flows.sshd,
    dial: flows.dial,
    accounts,
  });
  const followed = new Tails({ agents, fleet, board: tails, pulses, logins, prompts, bus, store: logStore });
  const work = new Set<Promise<void>>();
  const seenOnline = new Set<string>();

  operations.recover();
  services.builds.recover();
  fleet.listen({
    changed: (host) => {
      journal.commit((tell) => {
        tell({ kind: 'host', host: host.view() });
      });
    },
    online: (host, engine, signal) => {
      const returned = seenOnline.has(host.id);
      seenOnline.add(host.id);
      log.info({ host: host.name, version: host.info?.version, api: host.info?.apiVersion }, 'host online');
      for (const loop of [
        watcher.watch(host, engine, signal),
        reconciler.run(host, engine, signal, returned),
        flows.temporaries.sweep(engine),
        sampler.run(host, engine, signal),
      ]) {
        const guarded = loop.catch((error: unknown) => {
          log.error({ host: host.name, err: error }, 'a loop broke');
        });
        work.add(guarded);
        void guarded.finally(() => work.delete(guarded));
      }
    },
  });
  const housekeeping = new Housekeeping({ agents, journal, settings, pulses });
  await fleet.start(options.patienceMs ?? 3_000);
  followed.start();
  await areas.start();
  idleStop.start();
  autoSnapshots.start();
  flows.snapshotRecords.resumeScans();
  void flows.copies
    .sweep(new Set(snapshotRows.list(100_000).map((each) => each.id)))
    .catch((error: unknown) => {
      log.warn({ err: error }, 'old copies of volumes could not be taken away');
    });

  let phase: 'starting' | 'running' | 'stopping' = 'running';
  let closing: Promise<void> | null = null;
  const first: (() => Promise<void>)[] = [];
  const shutDown = async (): Promise<void> => {
    phase = 'stopping';
    for (const close of first) await close();
    housekeeping.close();
    await idleStop.close();
    await Promise.race([autoSnapshots.close(), new Promise((resolve) => setTimeout(resolve, 1_000))]);
    sampler.close();
    await operations.close(1_000);
    await Promise.race([flows.snapshotRecords.close(), new Promise((resolve) => setTimeout(resolve, 1_000))]);
    await Promise.race([services.crashes.close(), new Promise((resolve) => setTimeout(resolve, 1_000))]);
    await Promise.race([areas.leave(), new Promise((resolve) => setTimeout(resolve, 1_500))]);
    await fleet.close();
    followed.close();
    await Promise.race([areas.close(), new Promise((resolve) => setTimeout(resolve, 1_000))]);
    await Promise.race([Promise.all([...work]), new Promise((resolve) => setTimeout(resolve, 1_000))]);
    database.close();
  };

  return {
    config,
    log,
    bus,
    journal,
    fleet,
    pulses,
    hostFigures,
    meter,
    tails,
    sampler,
    idleStop,
    services: { ...services, accounts, ...areas.services },
    phase: () => phase,
    onClose: (close) => {
      first.push(close);
    },
    close: () => (closing ??= shutDown()),
  };
}

/** In the order in which they need each other; they end the other way round. */
function composeAreas(parts: AreaParts) {
  const logs = composeLogs(parts);
  const metrics = composeMetrics(parts);
  const alerts = composeAlerts(parts);
  const inside = composeInside(parts);
  const files = composeFiles(parts);
  const ssh = composeSsh(parts);
  const all = [logs, metrics, alerts, inside, files, ssh];
  return {
    services: {
      ...logs.services,
      ...metrics.services,
      ...alerts.services,
      ...inside.services,
      ...files.services,
      ...ssh.services,
    },
    start: async () => {
      for (const area of all) await area.start();
    },
    leave: async () => {
      for (const area of all) if ('leave' in area) await area.leave();
    },
    close: async () => {
      for (const area of all.toReversed()) await area.close();
    },
  };
}

/** Which containers are ours, on engines that we share with other instances. Made once. */
function instanceId(settings: SettingsRepository): string {
  const known = settings.get('instance');
  if (known !== null) return known;
  const made = newId();
  settings.set('instance', made);
  return made;
}

function localHost(settings: SettingsRepository, address: string): HostId {
  const known = settings.hosts().find((host) => host.kind === 'local');
  if (known !== undefined) {
    if (known.address !== address) settings.updateHost(known.id, { address });
    return known.id;
  }
  const id = newId<HostId>();
  settings.insertHost({
    id,
    name: LOCAL_HOST_NAME,
    kind: 'local',
    address,
    engineId: null,
    createdAt: Date.now(),
  });
  return id;
}
