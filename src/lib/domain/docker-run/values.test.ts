import { describe, expect, it } from 'vitest';
import {
  capabilityName,
  readCapability,
  readIpcMode,
  readPidMode,
  readSecurityOption,
  readVolumesFrom,
} from './isolation.ts';
import { formatUlimit, readCpuSet, readSysctl, readUlimit } from './limits.ts';
import { formatNetwork, readLink, readNetwork } from './networks.ts';
import {
  readContainerName,
  readEnv,
  readHostname,
  readLabel,
  readPlatform,
  readRestart,
  readSignal,
  readWorkdir,
} from './process.ts';
import { isRefused, type Reader } from './read.ts';

/** What each reader takes as it is written, and what it refuses. */
const TABLE: readonly (readonly [
  name: string,
  reader: Reader<unknown>,
  good: readonly string[],
  bad: readonly string[],
])[] = [
  ['a set of CPUs', readCpuSet, ['', '0', '0-3', '0,2-3'], ['x', '0-', '-1', '0,,1', '0 1']],
  ['a mode of processes', readPidMode, ['', 'host', 'container:web'], ['bogus', 'container:', 'private']],
  [
    'a mode of IPC',
    readIpcMode,
    ['', 'none', 'private', 'shareable', 'host', 'container:web'],
    ['bogus', 'container:'],
  ],
  [
    'a source of volumes',
    readVolumesFrom,
    ['web', 'web:ro', 'web:rw,z'],
    ['', ':ro', 'web:bogus', 'web:ro,rw'],
  ],
  [
    'a signal',
    readSignal,
    ['', 'SIGTERM', 'int', '9', 'RTMIN+3', 'SIGRTMAX-2'],
    ['bogus', '0', '65', 'RTMIN+16', 'SIG'],
  ],
  ['a working directory', readWorkdir, ['', '/', '/srv/a b'], ['srv', './srv', '~']],
  ['a platform', readPlatform, ['linux', 'linux/arm64', 'linux/arm/v7'], ['a/b/c/d', 'linux/', ' ']],
  ['a host name', readHostname, ['', 'web', 'web-1.example'], ['-web', 'a b', 'a'.repeat(65)]],
  ['a name of a container', readContainerName, ['web', 'web_1.x-2'], ['', 'w', '-web', 'a b', 'a/b']],
  ['a link', readLink, ['web', 'web:db'], ['', 'a:b:c', ':b']],
];

describe.each(TABLE)('%s', (_, reader, good, bad) => {
  it.each(good.map((text) => [text]))('may be %j', (text) => {
    expect(reader(text)).toEqual({ value: text });
  });

  it.each(bad.map((text) => [text]))('is not %j', (text) => {
    expect(reader(text)).toHaveProperty('rule');
  });
});

describe('a ulimit', () => {
  it.each([
    ['nofile=1024:2048', { Name: 'nofile', Soft: 1024, Hard: 2048 }],
    ['core=0', { Name: 'core', Soft: 0, Hard: 0 }],
    ['memlock=-1', { Name: 'memlock', Soft: -1, Hard: -1 }],
    ['nofile=10:-1', { Name: 'nofile', Soft: 10, Hard: -1 }],
  ])('%s is read and written back', (text, limit) => {
    const read = readUlimit(text);
    expect(read).toEqual({ value: limit });
    expect(!isRefused(read) && formatUlimit(read.value)).toBe(text);
  });

  it.each([
    '',
    'nofile',
    'nofile=',
    'bogus=1',
    'nofile=2:1',
    'nofile=-1:1',
    'nofile=1:2:3',
    'nofile=-2',
    'nofile=0x1',
  ])('is not %j', (text) => {
    expect(readUlimit(text)).toHaveProperty('rule');
  });
});

describe('a setting of the kernel', () => {
  it('belongs to the namespaces of the container', () => {
    expect(readSysctl('net.core.somaxconn=1024')).toEqual({ value: ['net.core.somaxconn', '1024'] });
    expect(readSysctl('kernel.shmmax=1')).toEqual({ value: ['kernel.shmmax', '1'] });
    for (const text of ['vm.swappiness=1', 'kernel.panic=1', 'net.a', '=1', ''])
      expect(readSysctl(text)).toHaveProperty('rule');
  });
});

describe('a capability', () => {
  it('has one form, however it is written', () => {
    for (const text of ['net_admin', 'NET_ADMIN', 'cap_net_admin', 'CAP_NET_ADMIN']) {
      expect(readCapability(text)).toEqual({ value: 'CAP_NET_ADMIN' });
      expect(capabilityName(text)).toBe('NET_ADMIN');
    }
    expect(readCapability('all')).toEqual({ value: 'ALL' });
    for (const text of ['', 'BOGUS', 'CAP_']) expect(readCapability(text)).toHaveProperty('rule');
  });
});

describe('a security option', () => {
  it.each([
    'no-new-privileges',
    'no-new-privileges=false',
    'no-new-privileges:true',
    'seccomp=unconfined',
    'apparmor=docker-default',
    'label=disable',
    'label:type:t',
    'writable-cgroups=true',
  ])('may be %s', (text) => {
    expect(readSecurityOption(text)).toEqual({ value: { option: text } });
  });

  it('may unmask the paths of the system', () => {
    expect(readSecurityOption('systempaths=unconfined')).toEqual({ value: { unmaskPaths: true } });
  });

  it('does not read a profile from a file', () => {
    expect(readSecurityOption('seccomp=/etc/profile.json')).toMatchObject({
      rule: expect.stringContaining('a profile is a file') as string,
    });
  });

  it.each(['', 'bogus', 'bogus=1', 'label=', 'no-new-privileges=maybe', 'writable-cgroups'])(
    'is not %j',
    (text) => {
      expect(readSecurityOption(text)).toHaveProperty('rule');
    },
  );
});

describe('a restart policy', () => {
  it.each([
    ['no', 0],
    ['always', 0],
    ['unless-stopped', 0],
    ['on-failure', 0],
    ['on-failure:3', 3],
  ])('may be %s', (text, MaximumRetryCount) => {
    expect(readRestart(text)).toEqual({ value: { Name: text.split(':')[0], MaximumRetryCount } });
  });

  it.each(['bogus', 'always:3', 'on-failure:x', 'on-failure:-1', ':3'])('is not %j', (text) => {
    expect(readRestart(text)).toHaveProperty('rule');
  });
});

describe('a variable', () => {
  it('is given with its value', () => {
    expect(readEnv('A=b=c')).toEqual({ value: ['A', 'b=c'] });
    expect(readEnv('A=')).toEqual({ value: ['A', ''] });
    expect(readEnv('=x')).toHaveProperty('rule');
    expect(readEnv('A')).toEqual({
      rule: 'must give the value too (A=...): there is no shell here to take it from',
    });
  });
});

describe('a label', () => {
  it('has a key without white space that is not of Slipway', () => {
    expect(readLabel('a=b=c')).toEqual({ value: ['a', 'b=c'] });
    expect(readLabel('a')).toEqual({ value: ['a', ''] });
    for (const text of ['', '=x', 'a b=c', 'dev.slipway.instance=x', ' dev.slipway.agent.id=x'])
      expect(readLabel(text)).toHaveProperty('rule');
  });
});

describe('--network', () => {
  it.each([
    ['backend', { name: 'backend', endpoint: {} }],
    ['container:web', { name: 'container:web', endpoint: {} }],
    ['name=backend,alias=web,alias=www', { name: 'backend', endpoint: { Aliases: ['web', 'www'] } }],
    [
      'name=backend,ip=10.0.0.5,ip6=2001:db8::5,link-local-ip=169.254.1.1,mac-address=02:42:ac:11:00:03,"driver-opt=a=b,c",gw-priority=-1',
      {
        name: 'backend',
        endpoint: {
          IPAMConfig: { IPv4Address: '10.0.0.5', IPv6Address: '2001:db8::5', LinkLocalIPs: ['169.254.1.1'] },
          MacAddress: '02:42:ac:11:00:03',
          DriverOpts: { a: 'b,c' },
          GwPriority: -1,
        },
      },
    ],
  ])('%s is read and written back', (text, attachment) => {
    const read = readNetwork(text);
    expect(read).toEqual({ value: attachment });
    if (!isRefused(read)) expect(readNetwork(formatNetwork(read.value))).toEqual(read);
  });

  it.each([
    '',
    ' ',
    'a b',
    'container:',
    'alias=x',
    'foo=bar',
    'name=a,ip=bogus',
    'name=a,mac-address=x',
    'name=a,gw-priority=x',
    'name=a,driver-opt=b',
    'name=a,alias="x"',
  ])('is not %j', (text) => {
    expect(readNetwork(text)).toHaveProperty('rule');
  });
});
