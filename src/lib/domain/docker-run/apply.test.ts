import { describe, expect, it } from 'vitest';
import { PLAIN_SPEC } from '../agent-spec.ts';
import { planContainer } from '../container-plan.ts';
import { plainSpec } from '../testing/specs.ts';
import { applyRunOptions, bareBody } from './apply.ts';
import type { CreateBody, HostConfig } from './create-body.ts';
import { parseFlags } from './parse.ts';

function apply(base: CreateBody, ...words: string[]): CreateBody {
  const { options, problems } = parseFlags(words);
  expect(problems).toEqual([]);
  const applied = applyRunOptions(base, options);
  if ('problems' in applied) throw new Error(applied.problems[0]?.rule);
  return applied.body;
}

const over = (HostConfig: HostConfig, ...words: string[]): HostConfig =>
  apply({ Image: 'a', HostConfig }, ...words).HostConfig;

const spec = plainSpec({
  workdir: '/srv',
  resources: { ...PLAIN_SPEC.resources, memory: 512 * 1024 ** 2, cpu: 0.5 },
  env: { A: '1', B: '2' },
});
// every plan is a body: the compiler holds this line
const plan: CreateBody = planContainer('web', spec, { 'dev.slipway.agent.name': 'web' });

describe('flags over the body of an agent', () => {
  it('change nothing when there are none', () => {
    expect(apply(plan)).toEqual(plan);
  });

  it('replace single values', () => {
    const body = apply(plan, '--workdir=/other', '--tty=false', '--restart=always', '--cpus=2');
    expect([
      body.WorkingDir,
      body.Tty,
      body.HostConfig.RestartPolicy?.Name,
      body.HostConfig.NanoCpus,
    ]).toEqual(['/other', false, 'always', 2e9]);
    expect(body.OpenStdin).toBe(true);
  });

  it('replace variables and labels of the same name, and keep the others', () => {
    const body = apply(plan, '--env=B=3', '--env=C=4', '--label=x=y');
    expect(body.Env).toEqual(['A=1', 'B=3', 'C=4']);
    expect(body.Labels).toEqual({ 'dev.slipway.agent.name': 'web', x: 'y' });
  });

  it('take "no swap" along with the memory limit', () => {
    expect(apply(plan, '--memory=1g').HostConfig).toMatchObject({ Memory: 1024 ** 3, MemorySwap: 1024 ** 3 });
    expect(apply(plan, '--memory=1g', '--memory-swap=2g').HostConfig).toMatchObject({
      Memory: 1024 ** 3,
      MemorySwap: 2 * 1024 ** 3,
    });
    expect(apply(plan, '--memory=0').HostConfig).toMatchObject({ Memory: 0, MemorySwap: 0 });
  });

  it('say the CPU limit in one way', () => {
    expect(apply(plan, '--cpu-quota=50000').HostConfig).toMatchObject({ NanoCpus: 0, CpuQuota: 50_000 });
    expect(over({ CpuQuota: 1000, CpuPeriod: 10 }, '--cpus=1')).toMatchObject({
      NanoCpus: 1e9,
      CpuQuota: 0,
      CpuPeriod: 0,
    });
  });

  it('give and take capabilities, whatever the profile says', () => {
    expect(
      over({ CapDrop: ['ALL'], CapAdd: ['CHOWN', 'KILL'] }, '--cap-add=NET_ADMIN', '--cap-drop=chown'),
    ).toEqual({
      CapDrop: ['ALL', 'CAP_CHOWN'],
      CapAdd: ['KILL', 'CAP_NET_ADMIN'],
    });
    expect(over({ CapDrop: ['ALL'], CapAdd: ['CHOWN'] }, '--cap-drop=ALL')).toEqual({
      CapDrop: ['ALL'],
      CapAdd: [],
    });
    expect(over({ CapDrop: ['NET_RAW'] }, '--cap-add=NET_RAW')).toEqual({
      CapDrop: [],
      CapAdd: ['CAP_NET_RAW'],
    });
    expect(over({ CapDrop: ['ALL'] }, '--cap-add=ALL')).toEqual({ CapDrop: [], CapAdd: ['ALL'] });
  });

  it('replace a security option of the same kind', () => {
    expect(
      over(
        { SecurityOpt: ['no-new-privileges', 'label=type:a', 'label=level:b'] },
        '--security-opt=no-new-privileges:false',
        '--security-opt=label:type:c',
      ),
    ).toEqual({
      SecurityOpt: ['label=level:b', 'no-new-privileges:false', 'label:type:c'],
    });
  });

  it('own the targets that they mount to', () => {
    const base: HostConfig = {
      Binds: ['/a:/data:ro', '/b:/keep'],
      Mounts: [{ Type: 'volume', Source: 'v', Target: '/cache/' }],
      Tmpfs: { '/tmp': 'size=1m', '/run': '' },
    };
    expect(over(base, '-v/c:/data', '--mount=type=tmpfs,target=/cache', '--tmpfs=/tmp')).toEqual({
      Binds: ['/b:/keep', '/c:/data'],
      Mounts: [{ Type: 'tmpfs', Target: '/cache' }],
      Tmpfs: { '/run': '', '/tmp': '' },
    });
    expect(over(base, '-v/keep').Binds).toEqual(['/a:/data:ro']);
  });

  it('publish more ports, and own those of the host', () => {
    const base: HostConfig = {
      PortBindings: {
        '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }],
        '81/tcp': [{ HostIp: '', HostPort: '' }],
      },
    };
    expect(over(base, '-p9090:80', '-p8080:90').PortBindings).toEqual({
      '80/tcp': [{ HostIp: '', HostPort: '9090' }],
      '81/tcp': [{ HostIp: '', HostPort: '' }],
      '90/tcp': [{ HostIp: '', HostPort: '8080' }],
    });
    expect(over(base, '-p8080:80/udp').PortBindings).toMatchObject({ '80/tcp': [{ HostPort: '8080' }] });
  });

  it('ask for GPUs in one way, and place a device once', () => {
    const base: HostConfig = {
      DeviceRequests: [
        { Count: -1, Capabilities: [['gpu']] },
        { Driver: 'cdi', DeviceIDs: ['a.b/c=d'] },
      ],
      Devices: [{ PathOnHost: '/dev/a', PathInContainer: '/dev/x', CgroupPermissions: 'rwm' }],
      BlkioDeviceReadBps: [
        { Path: '/dev/sda', Rate: 1 },
        { Path: '/dev/sdb', Rate: 2 },
      ],
    };
    expect(over(base, '--gpus=2', '--device=/dev/b:/dev/x:r', '--device-read-bps=/dev/sda:5')).toEqual({
      DeviceRequests: [
        { Driver: 'cdi', DeviceIDs: ['a.b/c=d'] },
        { Count: 2, Capabilities: [['gpu']] },
      ],
      Devices: [{ PathOnHost: '/dev/b', PathInContainer: '/dev/x', CgroupPermissions: 'r' }],
      BlkioDeviceReadBps: [
        { Path: '/dev/sdb', Rate: 2 },
        { Path: '/dev/sda', Rate: 5 },
      ],
    });
  });

  it('keep the options of a log driver only for that driver', () => {
    expect(apply(plan, '--log-opt=max-file=5').HostConfig.LogConfig).toEqual({
      Type: 'json-file',
      Config: { 'max-size': '10m', 'max-file': '5' },
    });
    expect(apply(plan, '--log-driver=local').HostConfig.LogConfig).toEqual({ Type: 'local', Config: {} });
  });

  it('add to a health check, or put it away', () => {
    const base: CreateBody = { ...bareBody('a'), Healthcheck: { Test: ['CMD-SHELL', 'x'], Retries: 3 } };
    expect(apply(base, '--health-interval=5s').Healthcheck).toEqual({
      Test: ['CMD-SHELL', 'x'],
      Retries: 3,
      Interval: 5e9,
    });
    expect(apply(base, '--no-healthcheck').Healthcheck).toEqual({ Test: ['NONE'] });
  });
});

describe('networks of the flags', () => {
  const endpoints = (...words: string[]) => {
    const body = apply(plan, ...words);
    return [body.HostConfig.NetworkMode, body.NetworkingConfig?.EndpointsConfig];
  };

  it('replace those of the fields, and the agent keeps its name in them', () => {
    expect(endpoints('--network=backend')).toEqual(['backend', { backend: { Aliases: ['web'] } }]);
    expect(endpoints('--network=a', '--network=name=b,alias=db')).toEqual([
      'a',
      { a: { Aliases: ['web'] }, b: { Aliases: ['web', 'db'] } },
    ]);
  });

  it('have no names where an engine has none', () => {
    expect(endpoints('--network=host')).toEqual(['host', undefined]);
    expect(endpoints('--network=bridge')).toEqual(['bridge', undefined]);
  });

  it('take addresses and names for the first network, whoever gave it', () => {
    expect(endpoints('--ip=10.0.0.5', '--network-alias=www', '--mac-address=02:42:ac:11:00:03')).toEqual([
      'slipway-agents',
      {
        'slipway-agents': {
          Aliases: ['web', 'www'],
          IPAMConfig: { IPv4Address: '10.0.0.5' },
          MacAddress: '02:42:ac:11:00:03',
        },
      },
    ]);
  });

  it('refuse names on the default network', () => {
    const { options } = parseFlags(['--network-alias=x']);
    expect(applyRunOptions(bareBody('a'), options)).toEqual({
      problems: [
        {
          field: 'startArgs',
          value: '--network-alias',
          rule: '--network-alias is for networks of your own only: give one with --network',
        },
      ],
    });
  });

  it('leave no room for what the fields said of a network', () => {
    const published: CreateBody = {
      ...plan,
      HostConfig: { ...plan.HostConfig, PortBindings: { '80/tcp': [{ HostPort: '80' }] } },
    };
    const joined = apply(published, '--network=container:other');
    expect([joined.Hostname, joined.HostConfig.PortBindings, joined.HostConfig.ExtraHosts]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const shared = apply(published, '--network=host');
    expect([shared.Hostname, shared.HostConfig.PortBindings, shared.HostConfig.ExtraHosts]).toEqual([
      'web',
      undefined,
      plan.HostConfig.ExtraHosts,
    ]);
    expect(apply(plan, '--uts=host').Hostname).toBeUndefined();
  });
});
