import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  toContainerFacts,
  toEngineInfo,
  toEvent,
  toPathChanges,
  toProcessTable,
  toRawStats,
  toSummary,
} from './shapes.ts';
import { CGROUP_V1, CGROUP_V2, STOPPED } from './testing/stats-samples.ts';

describe('a reading of stats', () => {
  it('of cgroup v1 has the figures of the engine', () => {
    expect(toRawStats(CGROUP_V1)).toEqual({
      readAt: Date.parse('2026-11-21T09:06:44.283Z'),
      cpuNanos: 61859849,
      memoryBytes: 614400,
      memoryLimit: 536870912,
      netRxBytes: 1076,
      netTxBytes: 0,
      blockReadBytes: null,
      blockWriteBytes: null,
      pids: 3,
      throttledNanos: 0,
    });
  });

  it('of cgroup v1 is without page cache: that of the whole group counts, not of the container alone', () => {
    const stats = { ...CGROUP_V1.memory_stats.stats, inactive_file: 8192, total_inactive_file: 102400 };
    const reading = toRawStats({ ...CGROUP_V1, memory_stats: { ...CGROUP_V1.memory_stats, stats } });
    expect(reading?.memoryBytes).toBe(614400 - 102400);
  });

  it('of cgroup v2 is without page cache too, and adds up networks and disks', () => {
    expect(toRawStats(CGROUP_V2)).toMatchObject({
      cpuNanos: 5_000_000_000,
      memoryBytes: 20_000_000,
      memoryLimit: 16_000_000_000,
      netRxBytes: 15,
      netTxBytes: 3,
      blockReadBytes: 4097,
      blockWriteBytes: 8192,
      pids: 12,
    });
  });

  it('of a stopped container is none', () => {
    expect(toRawStats(STOPPED)).toBeNull();
    expect(toRawStats({ ...STOPPED, read: '2026-11-21T09:06:44Z' })).toBeNull();
  });

  it('says null for what the engine did not report, never zero', () => {
    const { memory_stats: _memory, networks: _networks, pids_stats: _pids, ...rest } = CGROUP_V2;
    expect(toRawStats({ ...rest, blkio_stats: {} })).toMatchObject({
      cpuNanos: 5_000_000_000,
      memoryBytes: null,
      memoryLimit: null,
      netRxBytes: null,
      netTxBytes: null,
      blockReadBytes: null,
      blockWriteBytes: null,
      pids: null,
    });
  });

  it.each([
    ['no details', {}, 1000],
    ['a cache of zero', { inactive_file: 0 }, 1000],
    ['a cache larger than the use', { inactive_file: 5000 }, 1000],
  ])('counts all memory with %s', (_, stats, used) => {
    expect(toRawStats({ ...CGROUP_V2, memory_stats: { usage: 1000, stats } })?.memoryBytes).toBe(used);
  });

  it.each([
    null,
    undefined,
    'text',
    7,
    [],
    {},
    { read: 'never' },
    { read: '2026-11-21T09:06:44Z', cpu_stats: 'x' },
  ])('is none for rubbish (%j)', (rubbish) => {
    expect(toRawStats(rubbish)).toBeNull();
  });
});

/** Shortened from an inspection by Engine 20.10.24, with what a test changes in it. */
const inspected = (but: { readonly State?: object; readonly NetworkSettings?: object } = {}) =>
  z.custom<ContainerInspectInfo>().parse({
    Id: '8755e687',
    Created: '2026-11-21T08:44:35.757132171Z',
    State: {
      Status: 'running',
      Running: true,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: 2805,
      ExitCode: 0,
      Error: '',
      StartedAt: '2026-11-21T08:44:36.413582484Z',
      FinishedAt: '0001-01-01T00:00:00Z',
      ...but.State,
    },
    Image: 'sha256:5fe5',
    Name: '/scratch',
    RestartCount: 0,
    Config: { Tty: true, Image: 'slipway/starter:latest', Labels: { 'dev.slipway.run.id': '' } },
    NetworkSettings: {
      Ports: {},
      Networks: { 'slipway-agents': { NetworkID: '8a99' } },
      ...but.NetworkSettings,
    },
  });

describe('the facts of a container', () => {
  it('are those of its inspection, and the whole answer for who wants to see it', () => {
    const info = inspected();
    expect(toContainerFacts(info)).toEqual({
      id: '8755e687',
      name: 'scratch',
      image: 'slipway/starter:latest',
      imageId: 'sha256:5fe5',
      status: 'running',
      exitCode: 0,
      oomKilled: false,
      error: '',
      startedAt: Date.parse('2026-11-21T08:44:36.413Z'),
      finishedAt: null,
      restartCount: 0,
      pid: 2805,
      tty: true,
      labels: { 'dev.slipway.run.id': '' },
      health: 'none',
      ports: [],
      networks: ['slipway-agents'],
      restartPolicy: 'no',
      autoRemove: false,
      raw: info,
    });
  });

  it('tell paused from running, which the engine reports both', () => {
    expect(
      toContainerFacts(inspected({ State: { Status: 'paused', Running: true, Paused: true } })).status,
    ).toBe('paused');
    expect(
      toContainerFacts(inspected({ State: { Status: 'running', Running: true, Paused: true } })).status,
    ).toBe('paused');
  });

  it('of one that ended have its code and when', () => {
    const State = {
      Status: 'exited',
      Running: false,
      ExitCode: 137,
      OOMKilled: true,
      FinishedAt: '2026-11-21T09:00:00Z',
    };
    expect(toContainerFacts(inspected({ State }))).toMatchObject({
      status: 'exited',
      exitCode: 137,
      oomKilled: true,
      finishedAt: Date.parse('2026-11-21T09:00:00Z'),
    });
  });

  it('of one that never ran have no start', () => {
    const State = { Status: 'created', Running: false, StartedAt: '0001-01-01T00:00:00Z' };
    expect(toContainerFacts(inspected({ State }))).toMatchObject({
      status: 'created',
      startedAt: null,
      finishedAt: null,
    });
  });

  it.each([
    ['starting', 'starting'],
    ['healthy', 'healthy'],
    ['unhealthy', 'unhealthy'],
    ['none', 'none'],
    ['rubbish', 'none'],
  ])('with a health check that says %s are %s', (Status, health) => {
    expect(toContainerFacts(inspected({ State: { Health: { Status } } })).health).toBe(health);
  });

  it('have a row for each published port, and none for those that are only exposed', () => {
    const Ports = {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
      ],
      '443/tcp': null,
    };
    expect(toContainerFacts(inspected({ NetworkSettings: { Ports } })).ports).toEqual([
      { container: '80/tcp', ip: '0.0.0.0', host: 8080 },
      { container: '80/tcp', ip: '::', host: 8080 },
    ]);
  });

  it('know no status but those of the port', () => {
    expect(toContainerFacts(inspected({ State: { Status: 'rubbish' } })).status).toBe('dead');
  });
});

it('a container in the list has its name without the slash, and its time in milliseconds', () => {
  const info = z.custom<ContainerInfo>().parse({
    Id: '8755e687',
    Names: ['/scratch'],
    Image: 'slipway/starter:latest',
    ImageID: 'sha256:5fe5',
    Created: 1795250675,
    Labels: null,
    State: 'paused',
    Status: 'Up 5 minutes (Paused)',
    Command: "sh -c 'sleep 1'",
    Ports: [
      { IP: '127.0.0.1', PrivatePort: 80, PublicPort: 32770, Type: 'tcp' },
      { PrivatePort: 443, Type: 'tcp' },
    ],
    NetworkSettings: { Networks: { bridge: {} } },
    Mounts: [
      { Type: 'volume', Name: 'v9', Source: '/var/lib/docker/volumes/v9/_data', Destination: '/y' },
      { Type: 'bind', Source: '/tmp', Destination: '/z' },
    ],
  });
  expect(toSummary(info)).toEqual({
    id: '8755e687',
    name: 'scratch',
    image: 'slipway/starter:latest',
    imageId: 'sha256:5fe5',
    status: 'paused',
    statusText: 'Up 5 minutes (Paused)',
    command: "sh -c 'sleep 1'",
    labels: {},
    createdAt: 1795250675000,
    ports: [{ container: '80/tcp', ip: '127.0.0.1', host: 32770 }],
    networks: ['bridge'],
    mounts: [
      { type: 'volume', source: 'v9', target: '/y' },
      { type: 'bind', source: '/tmp', target: '/z' },
    ],
  });
  expect(toSummary({ ...info, Names: [] }).name).toBe('');
  const bare = z.custom<ContainerInfo>().parse({ ...info, Ports: null, NetworkSettings: null, Mounts: null });
  expect(toSummary(bare)).toMatchObject({ ports: [], networks: [], mounts: [] });
});

describe('an event', () => {
  const raw = {
    Type: 'container',
    Action: 'die',
    Actor: { ID: 'c1', Attributes: { exitCode: '3', name: 'fox' } },
    time: 1795250365,
  };

  it('has its kind, its action, whom it is about, and the time in nanoseconds', () => {
    expect(toEvent(raw, 1795250365061715342n)).toEqual({
      type: 'container',
      action: 'die',
      id: 'c1',
      attributes: { exitCode: '3', name: 'fox' },
      timeNano: 1795250365061715342n,
    });
  });

  it('is cut at the colon: the command line of an exec is nobody’s business', () => {
    expect(toEvent({ ...raw, Action: 'exec_create: sh -c echo $SECRET' }, 0n)?.action).toBe('exec_create');
    expect(toEvent({ ...raw, Action: 'health_status: healthy' }, 0n)?.action).toBe('health_status');
  });

  it('of a kind that nobody hears is none', () => {
    expect(toEvent({ ...raw, Type: 'plugin' }, 0n)).toBeNull();
    expect(toEvent({}, 0n)).toBeNull();
  });

  it('may lack everything else', () => {
    expect(toEvent({ Type: 'daemon' }, 0n)).toEqual({
      type: 'daemon',
      action: '',
      id: '',
      attributes: {},
      timeNano: 0n,
    });
  });
});

describe('the facts of an engine', () => {
  it('are what it says', () => {
    const raw = {
      ID: 'ABCD',
      Name: 'machine',
      ServerVersion: '20.10.24',
      OperatingSystem: 'Debian GNU/Linux 12',
      NCPU: 2,
      MemTotal: 25_000_000_000,
      CgroupVersion: '2',
      Driver: 'overlay2',
      Runtimes: { runc: {}, nvidia: {} },
      DefaultRuntime: 'nvidia',
      Warnings: ['WARNING: No swap limit support', 7],
      SystemTime: '2026-11-21T09:06:44.5Z',
      KernelVersion: '6.1.0',
      DockerRootDir: '/var/lib/docker',
      Containers: 3,
      ContainersRunning: 1,
      Images: 7,
    };
    expect(toEngineInfo(raw, '1.41')).toEqual({
      id: 'ABCD',
      name: 'machine',
      version: '20.10.24',
      apiVersion: '1.41',
      os: 'Debian GNU/Linux 12',
      cpus: 2,
      memory: 25_000_000_000,
      cgroupVersion: '2',
      storageDriver: 'overlay2',
      runtimes: ['runc', 'nvidia'],
      defaultRuntime: 'nvidia',
      warnings: ['WARNING: No swap limit support'],
      time: Date.parse('2026-11-21T09:06:44.5Z'),
      kernel: '6.1.0',
      dataRoot: '/var/lib/docker',
      containers: 3,
      containersRunning: 1,
      images: 7,
    });
  });

  it('may be missing', () => {
    expect(toEngineInfo({ Warnings: null }, '1.41')).toMatchObject({
      cpus: 0,
      memory: 0,
      cgroupVersion: '1',
      runtimes: [],
      defaultRuntime: 'runc',
      warnings: [],
      time: null,
      containers: null,
    });
  });
});

it('processes and changes are in the words of the port', () => {
  expect(toProcessTable({ Titles: ['PID'], Processes: [['7']] })).toEqual({ titles: ['PID'], rows: [['7']] });
  const changes = [
    { Path: '/etc', Kind: 0 },
    { Path: '/new', Kind: 1 },
    { Path: '/old', Kind: 2 },
  ];
  expect(toPathChanges(changes).map(({ path, kind }) => `${kind} ${path}`)).toEqual([
    'changed /etc',
    'added /new',
    'deleted /old',
  ]);
  expect(toPathChanges(null)).toEqual([]);
});
