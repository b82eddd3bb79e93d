/**
 * Slipway without its doors and loops: services on a real database in memory and one host whose engine is the fake. Composed as app.ts does
 * it; tests of loops add the loop they are about.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PLAIN_SPEC } from '#lib/domain/agent-spec.ts';
import { newId, type AgentId, type HostId, type UserId } from '#lib/domain/ids.ts';
import type { Fact } from '#lib/protocol/facts.ts';
import { makeLogStore } from '../archive/log-store.ts';
import { Bus } from '../bus.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { Fleet } from '../hosts/fleet.ts';
import type { Host, HostOptions } from '../hosts/host.ts';
import { createLog } from '../log.ts';
import { Watcher } from '../loops/watcher.ts';
import type { AppBus, Messages } from '../messages.ts';
import type { Actor, Role } from '../services/access.ts';
import { AccountService } from '../services/accounts.ts';
import { AgentRecords } from '../services/agent-records.ts';
import { composeServices } from '../services/compose.ts';
import { LoginLimit } from '../services/login-limit.ts';
import { LoginNeeds } from '../services/login-needs.ts';
import { Networks } from '../services/networks.ts';
import { Operations } from '../services/operations.ts';
import { Seal } from '../services/seal.ts';
import { TypeCatalogue } from '../services/type-catalogue.ts';
import { AccountRepository } from '../storage/accounts.ts';
import { AgentTypeRepository } from '../storage/agent-types.ts';
import { AgentRepository, type AgentRow } from '../storage/agents.ts';
import { BuildRepository } from '../storage/builds.ts';
import { CrashRepository } from '../storage/crashes.ts';
import { openDatabase } from '../storage/database.ts';
import { Journal } from '../storage/journal.ts';
import { LogSegmentRepository } from '../storage/log-segments.ts';
import { OperationRepository } from '../storage/operations.ts';
import { RegistryRepository } from '../storage/registries.ts';
import { SecretRepository } from '../storage/secrets.ts';
import { SettingsRepository } from '../storage/settings.ts';
import { SnapshotRepository } from '../storage/snapshots.ts';
import { SshdKeyRepository } from '../storage/sshd-keys.ts';
import { PulseBoard } from '../streams/pulse-board.ts';
import { TailBoard } from '../streams/tail-board.ts';

export const IMAGE = 'slipway/starter:latest';
export const NETWORK = 'slipway-agents';
export const INSTANCE = 'test-instance';

export interface WorldOptions {
  readonly fake?: FakeEngine;
  readonly host?: Partial<HostOptions>;
  /** For the account service. */
  readonly auth?: 'local' | 'none';
  readonly setupToken?: string;
  /** Hears the engine's events, as Slipway does when it runs. */
  readonly watched?: boolean;
  /** Bytes of a build's context. */
  readonly maxUpload?: number;
  /** Do not wait until the host is online. */
  readonly offline?: boolean;
}

export type TestWorld = Awaited<ReturnType<typeof makeWorld>>;

/** The host `local` is online when it resolves, and its engine has the image of the type `shell`. */
export async function makeWorld(options: WorldOptions = {}) {
  const fake = options.fake ?? new FakeEngine();
  fake.addImage(IMAGE);
  const database = openDatabase(':memory:', 'drizzle');
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  const broken: unknown[] = [];
  const bus: AppBus = new Bus<Messages>((error) => broken.push(error));
  const facts: Fact[] = [];
  bus.on('facts', (told) => facts.push(...told));
  const journal = new Journal(database.db, (told) => bus.emit('facts', told));
  const agents = new AgentRepository(database.db);
  const settings = new SettingsRepository(database.db);
  const operationRows = new OperationRepository(database.db);
  const snapshotRows = new SnapshotRepository(database.db);
  const buildRows = new BuildRepository(database.db);
  const accountRows = new AccountRepository(database.db);

  const fleet = new Fleet();
  const hostId = newId<HostId>();
  const address = 'unix:///var/run/docker.sock';
  settings.insertHost({
    id: hostId,
    name: 'local',
    kind: 'local',
    address,
    engineId: null,
    createdAt: Date.now(),
  });
  const open = () => fake.open();
  const host: Host = fleet.add({ id: hostId, name: 'local', kind: 'local', address, open, ...options.host });
  const log = createLog('silent');
  const pulses = new PulseBoard();
  const tails = new TailBoard();
  const types = new TypeCatalogue(new AgentTypeRepository(database.db));
  const logins = new LoginNeeds(
    types,
    ({ id, containerId }) => (containerId === null ? null : agents.lastEnd(id, containerId)),
    (id) => records.patch(id, {}),
  );
  const records = new AgentRecords(journal, agents, fleet, (row) => logins.of(row));
  const networks = new Networks(NETWORK, INSTANCE);
  const hostName = (id: HostId) => fleet.find(id)?.name ?? null;
  const bugs: unknown[] = [];
  const onBug = (error: unknown) => bugs.push(error);
  const operations = new Operations({ journal, repository: operationRows, bus, hostName, onBug });
  const defaults = { memory: 512 * 1024 ** 2, cpu: 0.5, pids: 512, network: NETWORK };
  const crashes = new CrashRepository(database.db);
  const logStore = makeLogStore({
    dataDir,
    segments: new LogSegmentRepository(database.db),
    hostOf: (id) => agents.byId(id)?.hostId ?? null,
  });
  const { flows, services } = composeServices({
    instance: INSTANCE,
    dataDir,
    maxUpload: options.maxUpload ?? 1024 ** 3,
    defaults,
    fleet,
    agents,
    settings,
    snapshotRows,
    crashes,
    buildRows,
    registryRows: new RegistryRepository(database.db),
    secretRows: new SecretRepository(database.db),
    sshdRows: new SshdKeyRepository(database.db),
    types,
    root: '.',
    seal: new Seal(Buffer.alloc(32, 1)),
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
  const makeAccounts = (preset: string | null = options.setupToken ?? null, limit = new LoginLimit()) =>
    new AccountService({
      accounts: accountRows,
      limit,
      dataDir,
      setupToken: preset,
      auth: options.auth ?? 'local',
    });
  const watcher = new Watcher({ agents, records, networks, log });
  fleet.listen({
    changed: (changed) => {
      journal.commit((tell) => {
        tell({ kind: 'host', host: changed.view() });
      });
    },
    online: (online, engine, signal) => {
      if (options.watched === true) void watcher.watch(online, engine, signal);
    },
  });
  if (options.offline !== true) await host.start();

  const admin = person('admin', 'ada');
  return {
    fake,
    database,
    dataDir,
    bus,
    /** Everything that was told, in order. */
    facts,
    /** What threw in listeners of the bus, and in operations without being an AppError: tests of ours want none. */
    broken,
    bugs,
    journal,
    agents,
    settings,
    operationRows,
    snapshotRows,
    accountRows,
    buildRows,
    fleet,
    host,
    log,
    pulses,
    tails,
    logStore,
    types,
    logins,
    records,
    networks,
    operations,
    spawning: flows.spawning,
    verbs: flows.verbs,
    rules: flows.rules,
    resumer: flows.resumer,
    services,
    makeAccounts,
    admin,
    /** The row of an agent, also of a removed one. */
    row: (id: string): AgentRow => {
      const row = agents.byId(id);
      if (row === undefined) throw new Error(`no agent ${id}`);
      return row;
    },
    /** An agent that is ready (of the type shell, unless told otherwise). Time must go on by itself or be driven by the caller. */
    spawn: (input: Readonly<Record<string, unknown>> = {}) =>
      services.agents.spawn(admin, { type: 'shell', ...input }, { wait: true }),
    /** Each state that an agent came into, oldest first. */
    states: (id: string) =>
      journal
        .history(id as AgentId, 500)
        .map((entry) => entry.to)
        .toReversed(),
    close: async () => {
      await fleet.close();
      tails.close();
      await logStore.archive.close();
      database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Starts a container that no agent has, as somebody would with the docker CLI. Gives its id. */
export async function startForeign(
  fake: FakeEngine,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { id } = await fake.createContainer(name, {
    Image: IMAGE,
    Tty: false,
    OpenStdin: false,
    Env: [],
    Labels: labels,
    HostConfig: {
      NetworkMode: 'bridge',
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      LogConfig: { Type: 'json-file', Config: {} },
      ExtraHosts: [],
    },
  });
  await fake.startContainer(id);
  return id;
}

export function person(role: Role, name: string = role): Extract<Actor, { kind: 'user' }> {
  return { kind: 'user', id: `user-${name}` as UserId, name, role, door: 'page', sessionId: null };
}

/** The id of an agent's container. Throws when it has none. */
export function containerOf(agent: { readonly containerId: string | null }): string {
  if (agent.containerId === null) throw new Error('it has no container');
  return agent.containerId;
}

/** The row of an agent `one` that was just asked for. */
export function newRow(world: TestWorld, changes: Partial<AgentRow> = {}): AgentRow {
  return {
    id: newId<AgentId>(),
    name: 'one',
    type: 'shell',
    hostId: world.host.id,
    state: 'queued',
    wanted: 'running',
    reason: 'operator ada',
    since: Date.now(),
    spec: {
      ...PLAIN_SPEC,
      image: IMAGE,
      pull: 'never',
      resources: { ...PLAIN_SPEC.resources, pids: null },
      networks: [NETWORK],
    },
    containerId: null,
    imageId: null,
    error: null,
    createdBy: 'ada',
    createdAt: Date.now(),
    startedAt: null,
    endedAt: null,
    exitCode: null,
    stopDeadline: null,
    lastActivityAt: null,
    notes: '',
    color: null,
    bootedAt: null,
    keepAliveUntil: null,
    adopted: false,
    snapshotId: null,
    ...changes,
  };
}
