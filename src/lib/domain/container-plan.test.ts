import { describe, expect, it } from 'vitest';
import { PLAIN_SPEC, type AgentSpec } from './agent-spec.ts';
import { planContainer } from './container-plan.ts';
import { plainSpec } from './testing/specs.ts';

const spec = plainSpec({ resources: { ...PLAIN_SPEC.resources, pids: null } });
const resources = (changes: Partial<AgentSpec['resources']>) => ({
  resources: { ...spec.resources, ...changes },
});
const security = (changes: Partial<AgentSpec['security']>) => ({
  security: { ...spec.security, ...changes },
});
const plan = (changes: Partial<AgentSpec> = {}) =>
  planContainer('ada', { ...spec, ...changes }, { label: 'value' });

describe('the plan of a container', () => {
  it('leaves out what the spec leaves to the image or to the engine', () => {
    const made = plan();
    for (const key of ['Cmd', 'Entrypoint', 'WorkingDir', 'User']) expect(made).not.toHaveProperty(key);
    for (const key of ['Memory', 'MemorySwap', 'NanoCpus', 'PidsLimit'])
      expect(made.HostConfig).not.toHaveProperty(key);
    expect(made).toMatchObject({
      Image: spec.image,
      Hostname: 'ada',
      Tty: true,
      OpenStdin: true,
      Labels: { label: 'value' },
    });
  });

  it('passes commands as lists of words: nothing goes through a shell', () => {
    const command = ['sh', '-c', 'echo "$HOME"; rm -rf *'];
    expect(plan({ command, entrypoint: [], workdir: '/w', user: '1000' })).toMatchObject({
      Cmd: command,
      Entrypoint: [],
      WorkingDir: '/w',
      User: '1000',
    });
  });

  it('gives limits in bytes and billionths of a core, and no swap beyond the memory', () => {
    const { HostConfig } = plan(resources({ memory: 536_870_912, cpu: 0.1 + 0.2, pids: 512 }));
    expect(HostConfig).toMatchObject({
      Memory: 536_870_912,
      MemorySwap: 536_870_912,
      NanoCpus: 300_000_000,
      PidsLimit: 512,
    });
  });

  it('writes the environment as it is', () => {
    expect(plan({ env: { A: '', B: 'x=y', C: 'two\nlines' } }).Env).toEqual(['A=', 'B=x=y', 'C=two\nlines']);
  });

  it('bounds the log', () => {
    expect(plan({ logging: { maxSize: '1m', maxFile: 2 } }).HostConfig.LogConfig).toEqual({
      Type: 'json-file',
      Config: { 'max-size': '1m', 'max-file': '2' },
    });
  });

  it("makes the agent's name its DNS name in networks that have names", () => {
    expect(plan()).toMatchObject({
      HostConfig: { NetworkMode: 'slipway-agents' },
      NetworkingConfig: { EndpointsConfig: { 'slipway-agents': { Aliases: ['ada'] } } },
    });
  });

  it.each(['bridge', 'host', 'none'])(
    'gives it no name in "%s", where the engine would refuse to start it',
    (network) => {
      expect(plan({ networks: [network] }).NetworkingConfig?.EndpointsConfig).toEqual({ [network]: {} });
    },
  );

  it('without networks is on the bridge', () => {
    expect(plan({ networks: [] }).HostConfig.NetworkMode).toBe('bridge');
  });
});

describe('fields in the words of the engine', () => {
  const host = (changes: Partial<AgentSpec>) => plan(changes).HostConfig;
  const absent = Object.keys(plan().HostConfig);

  it('a plain agent says nothing of them', () => {
    expect(absent.sort()).toEqual([
      'CapAdd',
      'CapDrop',
      'ExtraHosts',
      'LogConfig',
      'NetworkMode',
      'RestartPolicy',
      'SecurityOpt',
    ]);
  });

  it.each<[string, Partial<AgentSpec>, object]>([
    ['all GPUs', resources({ gpus: 'all' }), { DeviceRequests: [{ Count: -1, Capabilities: [['gpu']] }] }],
    ['a number of GPUs', resources({ gpus: 2 }), { DeviceRequests: [{ Count: 2, Capabilities: [['gpu']] }] }],
    [
      'certain GPUs',
      resources({ gpus: ['0', 'GPU-1'] }),
      { DeviceRequests: [{ DeviceIDs: ['0', 'GPU-1'], Capabilities: [['gpu']] }] },
    ],
    [
      'devices of the host, and by CDI names in one request',
      { devices: ['/dev/a:/dev/b:r', 'a.b/c=one', 'a.b/c=two'] },
      {
        Devices: [{ PathOnHost: '/dev/a', PathInContainer: '/dev/b', CgroupPermissions: 'r' }],
        DeviceRequests: [{ Driver: 'cdi', DeviceIDs: ['a.b/c=one', 'a.b/c=two'] }],
      },
    ],
    [
      'ulimits by name',
      resources({ ulimits: ['nofile=1024:2048', 'core=0'] }),
      {
        Ulimits: [
          { Name: 'core', Soft: 0, Hard: 0 },
          { Name: 'nofile', Soft: 1024, Hard: 2048 },
        ],
      },
    ],
    ['shared memory', resources({ shmSize: 1024 }), { ShmSize: 1024 }],
    ['a disk quota', resources({ diskQuota: 1_000_000 }), { StorageOpt: { size: '1000000' } }],
    ['name servers', { dns: ['192.0.2.1'] }, { Dns: ['192.0.2.1'] }],
    ['a runtime', { runtime: 'runsc' }, { Runtime: 'runsc' }],
    [
      'a restart policy',
      { restart: { name: 'on-failure', maximumRetryCount: 3 } },
      { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } },
    ],
    ['tmpfs mounts', { tmpfs: { '/x': 'size=1m' } }, { Tmpfs: { '/x': 'size=1m' } }],
    ['the processes of the host', security({ hostPid: true }), { PidMode: 'host' }],
    [
      'the socket of the engine',
      security({ engineSocket: true }),
      { Mounts: [{ Type: 'bind', Source: '/var/run/docker.sock', Target: '/var/run/docker.sock' }] },
    ],
    [
      'a shared volume by its name on the host',
      { sharedVolumes: [{ name: 'login', target: '/login', volume: 'slipway-k-login' }] },
      { Mounts: [{ Type: 'volume', Source: 'slipway-k-login', Target: '/login' }] },
    ],
  ])('%s', (_, changes, expected) => {
    expect(host(changes)).toMatchObject(expected);
  });

  it('a host name of its own wins over the name', () => {
    expect(plan({ hostname: 'web-1' }).Hostname).toBe('web-1');
  });

  it('no word at all is the command of the image', () => {
    expect(plan({ command: [] })).not.toHaveProperty('Cmd');
  });

  it('the host is reached by its name, unless the agent has another address for that name', () => {
    expect(host({ extraHosts: ['db:10.0.0.5'] }).ExtraHosts).toEqual([
      'host.docker.internal:host-gateway',
      'db:10.0.0.5',
    ]);
    expect(host({ extraHosts: ['host.docker.internal:10.0.0.1'] }).ExtraHosts).toEqual([
      'host.docker.internal:10.0.0.1',
    ]);
  });

  it('ports are published and exposed, each pair once, any free port as often as it is asked for', () => {
    const body = plan({ ports: ['8080:80', '8080:80', '81', '81', '[::1]:9000-9001:82-83/udp'] });
    expect(body.HostConfig.PortBindings).toEqual({
      '80/tcp': [{ HostIp: '', HostPort: '8080' }],
      '81/tcp': [
        { HostIp: '', HostPort: '' },
        { HostIp: '', HostPort: '' },
      ],
      '82/udp': [{ HostIp: '::1', HostPort: '9000' }],
      '83/udp': [{ HostIp: '::1', HostPort: '9001' }],
    });
    expect(body.ExposedPorts).toEqual({ '80/tcp': {}, '81/tcp': {}, '82/udp': {}, '83/udp': {} });
  });
});

describe('volumes in the words of the engine', () => {
  const volume = (source: string, modes: readonly string[] = [], create = false) =>
    plan({ volumes: [{ source, target: '/t', modes, create }] }).HostConfig;

  it('are mounts, so that the engine refuses a path that is not there', () => {
    expect(volume('/srv').Mounts).toEqual([{ Type: 'bind', Source: '/srv', Target: '/t' }]);
    expect(volume('data', ['ro']).Mounts).toEqual([
      { Type: 'volume', Source: 'data', Target: '/t', ReadOnly: true },
    ]);
    expect(volume('/srv', ['rw']).Mounts).toEqual([{ Type: 'bind', Source: '/srv', Target: '/t' }]);
    expect(volume('/srv')).not.toHaveProperty('Binds');
  });

  it('are binds where the engine is to make the path, and for SELinux labels, which mounts have not', () => {
    expect(volume('/srv', [], true).Binds).toEqual(['/srv:/t']);
    expect(volume('/srv', ['ro'], true).Binds).toEqual(['/srv:/t:ro']);
    expect(volume('/srv', ['ro', 'z']).Binds).toEqual(['/srv:/t:ro,z']);
    expect(volume('data', ['Z'])).toMatchObject({ Binds: ['data:/t:Z'] });
    expect(volume('data', ['Z'])).not.toHaveProperty('Mounts');
  });
});

describe('networks in the words of the engine', () => {
  it('know the agent by its name in each of them', () => {
    const body = plan({ networks: ['a', 'b'] });
    expect(body.HostConfig.NetworkMode).toBe('a');
    expect(body.NetworkingConfig?.EndpointsConfig).toEqual({
      a: { Aliases: ['ada'] },
      b: { Aliases: ['ada'] },
    });
  });

  it('give way to the network of the host', () => {
    const body = plan({ networks: [], ...security({ hostNetwork: true }) });
    expect(body.HostConfig.NetworkMode).toBe('host');
    expect(body.NetworkingConfig?.EndpointsConfig).toEqual({ host: {} });
  });
});
