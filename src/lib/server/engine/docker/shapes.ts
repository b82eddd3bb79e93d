/** From the engine's JSON to the port's shapes. Pure. */
import type { ContainerInspectInfo, ContainerInfo } from 'dockerode';
import type { Labels } from '#lib/domain/labels.ts';
import type {
  ContainerFacts,
  ContainerStatus,
  ContainerSummary,
  EngineEvent,
  EngineInfo,
  MountFacts,
  PathChange,
  ProcessTable,
  PublishedPort,
  RawStats,
} from '../facts.ts';

type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
export const object = (value: unknown): Json => (isObject(value) ? value : {});
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const number = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

export function labelsOf(value: unknown): Labels {
  return Object.fromEntries(Object.entries(object(value)).map(([key, each]) => [key, text(each)]));
}

/** The engine's zero time (0001-01-01) means never. */
export function time(value: unknown): number | null {
  const at = Date.parse(text(value));
  return Number.isFinite(at) && at > 0 ? at : null;
}

const STATUSES: readonly string[] = [
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
];
function isStatus(value: string): value is ContainerStatus {
  return STATUSES.includes(value);
}
const status = (value: string): ContainerStatus => (isStatus(value) ? value : 'dead');

export function toSummary(info: ContainerInfo): ContainerSummary {
  return {
    id: info.Id,
    name: (info.Names[0] ?? '').replace(/^\//, ''),
    image: info.Image,
    imageId: info.ImageID,
    status: status(info.State),
    statusText: text(info.Status),
    command: text(info.Command),
    labels: labelsOf(info.Labels),
    createdAt: info.Created * 1000,
    ports: openPorts(info.Ports),
    networks: Object.keys(object(object(info.NetworkSettings)['Networks'])),
    mounts: mounts(info.Mounts),
  };
}

/** The list also has ports that are only exposed: they have no number on the host. */
function openPorts(value: unknown): PublishedPort[] {
  const list = Array.isArray(value) ? value.map(object) : [];
  return list.flatMap((each) => {
    const host = number(each['PublicPort']);
    if (host === null) return [];
    const container = `${number(each['PrivatePort']) ?? 0}/${text(each['Type'])}`;
    return [{ container, ip: text(each['IP']), host }];
  });
}

function mounts(value: unknown): MountFacts[] {
  const list = Array.isArray(value) ? value.map(object) : [];
  return list.map((each) => ({
    type: text(each['Type']),
    // of a volume the source is the folder of its driver
    source: text(each['Name']) || text(each['Source']),
    target: text(each['Destination']),
  }));
}

export function toContainerFacts(info: ContainerInspectInfo): ContainerFacts {
  const state = info.State;
  const hostConfig = object(info.HostConfig);
  const health = text(object(object(state)['Health'])['Status']);
  const ports = Object.entries(object(info.NetworkSettings.Ports)).flatMap(([container, bindings]) =>
    (Array.isArray(bindings) ? bindings : []).map((each: unknown) => ({
      container,
      ip: text(object(each)['HostIp']),
      host: Number(text(object(each)['HostPort'])),
    })),
  );
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    image: info.Config.Image,
    imageId: info.Image,
    status: status(state.Paused && state.Running ? 'paused' : state.Status),
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    error: state.Error,
    startedAt: time(state.StartedAt),
    finishedAt: time(state.FinishedAt),
    restartCount: info.RestartCount,
    pid: state.Pid,
    tty: info.Config.Tty,
    labels: labelsOf(info.Config.Labels),
    health: health === 'starting' || health === 'healthy' || health === 'unhealthy' ? health : 'none',
    ports,
    networks: Object.keys(object(info.NetworkSettings.Networks)),
    restartPolicy: text(object(hostConfig['RestartPolicy'])['Name']) || 'no',
    autoRemove: hostConfig['AutoRemove'] === true,
    raw: { ...info },
  };
}

const EVENT_TYPES: readonly string[] = ['container', 'image', 'network', 'volume', 'daemon'];
function isEventType(value: string): value is EngineEvent['type'] {
  return EVENT_TYPES.includes(value);
}

/** null for events of kinds that nobody here listens to. Actions are cut at the colon: exec events carry whole command lines. */
export function toEvent(raw: Json, timeNano: bigint): EngineEvent | null {
  const type = text(raw['Type']);
  if (!isEventType(type)) return null;
  const actor = object(raw['Actor']);
  const action = text(raw['Action']);
  const colon = action.indexOf(':');
  return {
    type,
    action: colon === -1 ? action : action.slice(0, colon),
    id: text(actor['ID']),
    attributes: labelsOf(actor['Attributes']),
    timeNano,
  };
}

export function toEngineInfo(raw: unknown, apiVersion: string): EngineInfo {
  const info = object(raw);
  const list = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  return {
    id: text(info['ID']),
    name: text(info['Name']),
    version: text(info['ServerVersion']),
    apiVersion,
    os: text(info['OperatingSystem']),
    cpus: number(info['NCPU']) ?? 0,
    memory: number(info['MemTotal']) ?? 0,
    cgroupVersion: text(info['CgroupVersion']) || '1',
    storageDriver: text(info['Driver']),
    runtimes: Object.keys(object(info['Runtimes'])),
    defaultRuntime: text(info['DefaultRuntime']) || 'runc',
    warnings: list(info['Warnings']),
    time: time(info['SystemTime']),
    kernel: text(info['KernelVersion']),
    dataRoot: text(info['DockerRootDir']),
    containers: number(info['Containers']),
    containersRunning: number(info['ContainersRunning']),
    images: number(info['Images']),
  };
}

/**
 * One reading of `/stats`; null when the container does not run (the engine then answers zeros and leaves fields out).
 * Memory is without page cache: `total_inactive_file` on cgroup v1, `inactive_file` on v2, either may be absent.
 */
export function toRawStats(raw: unknown): RawStats | null {
  const stats = object(raw);
  const readAt = time(stats['read']);
  const cpu = object(stats['cpu_stats']);
  const memory = object(stats['memory_stats']);
  const used = number(memory['usage']);
  const cpuNanos = number(object(cpu['cpu_usage'])['total_usage']);
  if (readAt === null || cpuNanos === null || (cpuNanos === 0 && used === null)) return null;
  const detail = object(memory['stats']);
  const cache = number(detail['total_inactive_file']) ?? number(detail['inactive_file']) ?? 0;
  const networks = Object.values(object(stats['networks'])).map(object);
  const sum = (key: string) =>
    networks.length === 0 ? null : networks.reduce((total, each) => total + (number(each[key]) ?? 0), 0);
  const blocks = object(stats['blkio_stats'])['io_service_bytes_recursive'];
  const block = (operation: string) =>
    Array.isArray(blocks) && blocks.length > 0
      ? blocks
          .map(object)
          .filter((each) => text(each['op']).toLowerCase() === operation)
          .reduce((total, each) => total + (number(each['value']) ?? 0), 0)
      : null;
  return {
    readAt,
    cpuNanos,
    memoryBytes: used === null ? null : Math.max(0, used - (cache < used ? cache : 0)),
    memoryLimit: number(memory['limit']),
    netRxBytes: sum('rx_bytes'),
    netTxBytes: sum('tx_bytes'),
    blockReadBytes: block('read'),
    blockWriteBytes: block('write'),
    pids: number(object(stats['pids_stats'])['current']),
    throttledNanos: number(object(cpu['throttling_data'])['throttled_time']),
  };
}

export function toProcessTable(raw: unknown): ProcessTable {
  const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  const table = object(raw);
  const rows = Array.isArray(table['Processes']) ? table['Processes'] : [];
  return { titles: list(table['Titles']), rows: rows.map(list) };
}

const CHANGES: readonly PathChange['kind'][] = ['changed', 'added', 'deleted'];

/** null for a container in which nothing has changed. */
export function toPathChanges(raw: unknown): PathChange[] {
  const list = Array.isArray(raw) ? raw.map(object) : [];
  return list.map((each) => ({
    path: text(each['Path']),
    kind: CHANGES[number(each['Kind']) ?? 0] ?? 'changed',
  }));
}
