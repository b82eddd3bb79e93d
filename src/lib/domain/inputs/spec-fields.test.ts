import { describe, expect, it } from 'vitest';
import { problemsOf } from '../testing/specs.ts';
import { parseInput } from './parse-input.ts';
import { specInput } from './spawn-input.ts';

type Fields = Readonly<Record<string, unknown>>;
const read = (fields: Fields) => parseInput(specInput, fields);
const refused = (fields: Fields) => problemsOf(() => read(fields));

describe('a field of a spec is taken in its canonical form', () => {
  it.each<[string, unknown, unknown]>([
    [
      'volumes',
      ['/srv/a:/a', 'data:/b:ro,z'],
      [
        { source: '/srv/a', target: '/a', modes: [], create: false },
        { source: 'data', target: '/b', modes: ['ro', 'z'], create: false },
      ],
    ],
    [
      'volumes',
      [{ source: '/srv/a', target: '/a', mode: 'rw,Z', create: true }],
      [{ source: '/srv/a', target: '/a', modes: ['rw', 'Z'], create: true }],
    ],
    ['sharedVolumes', [{ name: 'login.state-1', target: '/l' }], [{ name: 'login.state-1', target: '/l' }]],
    ['tmpfs', ['/tmp', '/run:size=64m,noexec'], { '/tmp': '', '/run': 'size=64m,noexec' }],
    ['tmpfs', { '/tmp': 'mode=1777' }, { '/tmp': 'mode=1777' }],
    ['devices', ['/dev/fuse', '/dev/a:/dev/b:r', 'a.b/c=d'], ['/dev/fuse', '/dev/a:/dev/b:r', 'a.b/c=d']],
    ['dns', ['192.0.2.1', '2001:DB8:0::1'], ['192.0.2.1', '2001:db8::1']],
    [
      'extraHosts',
      ['a:10.0.0.1', 'b=10.0.0.2', 'c:[::1]', 'd=host-gateway'],
      ['a:10.0.0.1', 'b:10.0.0.2', 'c:::1', 'd:host-gateway'],
    ],
    ['networks', ['a', 'b.c-d_e'], ['a', 'b.c-d_e']],
    ['networks', ['default'], ['bridge']],
    [
      'ports',
      ['80', '8080:80', '127.0.0.1:80:80/udp', '[::1]::80', '8000-8010:8000-8010', '9000-9010:90'],
      ['80', '8080:80', '127.0.0.1:80:80/udp', '[::1]::80', '8000-8010:8000-8010', '9000-9010:90'],
    ],
    ['restart', 'no', { name: 'no', maximumRetryCount: 0 }],
    ['restart', 'on-failure', { name: 'on-failure', maximumRetryCount: 0 }],
    ['restart', 'on-failure:3', { name: 'on-failure', maximumRetryCount: 3 }],
    ['restart', 'unless-stopped', { name: 'unless-stopped', maximumRetryCount: 0 }],
    ['restart', { name: 'on-failure', maximumRetryCount: 2 }, { name: 'on-failure', maximumRetryCount: 2 }],
    ['restart', { name: 'always' }, { name: 'always', maximumRetryCount: 0 }],
    ['hostname', 'web-1.example.com', 'web-1.example.com'],
    ['readiness', 'healthy', { kind: 'healthy' }],
    ['readiness', { kind: 'running', timeout: '2m' }, { kind: 'running', timeout: 120 }],
    ['readiness', { timeout: 30 }, { kind: 'auto', timeout: 30 }],
    ['readiness', { log: 'ready$' }, { kind: 'log', pattern: 'ready$' }],
    ['readiness', { tcp: 5432 }, { kind: 'tcp', port: 5432 }],
    ['readiness', { http: { port: 80 } }, { kind: 'http', port: 80, path: '/', status: 200 }],
    [
      'readiness',
      { http: { port: 80, path: '/h', status: 204 } },
      { kind: 'http', port: 80, path: '/h', status: 204 },
    ],
    ['readiness', { exec: ['test', '-f', '/x'] }, { kind: 'exec', command: ['test', '-f', '/x'] }],
    ['idle', 'agent', { mode: 'agent' }],
    ['idle', { timeout: '15m' }, { timeout: 900 }],
    ['idle', { mode: 'disabled', timeout: 5 }, { mode: 'disabled', timeout: 5 }],
    ['ttl', '8h', 28_800],
    ['ttl', 90, 90],
    ['ttl', 0, null],
    ['ttl', 'none', null],
    ['ttl', null, null],
    ['tags', { 'a.b_c-d': 'x y', constructor: '' }, { 'a.b_c-d': 'x y', constructor: '' }],
    ['user', '1000:1000', '1000:1000'],
    ['user', '', undefined],
    ['logging', { maxSize: '10m', maxFile: 100 }, { maxSize: '10m', maxFile: 100 }],
  ])('%s: %j', (field, given, taken) => {
    const { [field]: value } = read({ [field]: given }) as Fields;
    expect(JSON.parse(JSON.stringify({ value }))).toEqual(JSON.parse(JSON.stringify({ value: taken })));
  });

  it.each<[string, unknown, unknown]>([
    ['gpus', 'all', 'all'],
    ['gpus', 2, 2],
    ['gpus', ['0', 'GPU-1'], ['0', 'GPU-1']],
    ['pids', 0, null],
    ['pids', 'unlimited', null],
    ['pids', 1, 1],
    ['shmSize', '64m', 67_108_864],
    ['diskQuota', 1_000_000, 1_000_000],
    ['ulimits', ['nofile=1024:2048', 'core=-1'], ['nofile=1024:2048', 'core=-1']],
  ])('resources.%s: %j', (field, given, taken) => {
    expect(read({ resources: { [field]: given } }).resources).toEqual({ [field]: taken });
  });
});

describe('a field of a spec is refused by its path, with the rule', () => {
  const rows: readonly (readonly [string, string, Fields, RegExp])[] = [
    ['a relative path', 'volumes.0', { volumes: ['./a:/a'] }, /relative path/],
    ['a path of the shell', 'volumes.0', { volumes: ['~/a:/a'] }, /must not use "~"/],
    ['a target that is not absolute', 'volumes.0', { volumes: ['/a:b'] }, /absolute path in the container/],
    ['a target over the root', 'volumes.0', { volumes: ['/a:/x/..'] }, /root of the container/],
    ['an unknown mode', 'volumes.0', { volumes: ['/a:/b:rx'] }, /"rx" is none/],
    ['two modes of one kind', 'volumes.0', { volumes: ['/a:/b:ro,rw'] }, /one access mode/],
    ['four fields', 'volumes.0', { volumes: ['/a:/b:ro:z'] }, /at most three fields/],
    ['one field', 'volumes.1', { volumes: ['/a:/b', '/c'] }, /must be source:target/],
    ['a target twice', 'volumes.1', { volumes: ['/a:/t', 'vol:/t/'] }, /target \/t\/ a second time/],
    ['a mode of a mount that a spec has not', 'volumes.0', { volumes: ['v1:/b:nocopy'] }, /"nocopy" is none/],
    ['an object without a target', 'volumes.0.target', { volumes: [{ source: '/a' }] }, /./],
    [
      'an object with a relative source',
      'volumes.0',
      { volumes: [{ source: 'a/b', target: '/a' }] },
      /relative path/,
    ],
    ['an object with a colon', 'volumes.0.source', { volumes: [{ source: '/a:/b', target: '/a' }] }, /colon/],
    [
      'an object with more',
      'volumes.0.size',
      { volumes: [{ source: '/a', target: '/a', size: 1 }] },
      /known field/,
    ],
    [
      'a shared volume with a slash',
      'sharedVolumes.0.name',
      { sharedVolumes: [{ name: 'a/b', target: '/a' }] },
      /lower-case/,
    ],
    [
      'a shared volume over the root',
      'sharedVolumes.0.target',
      { sharedVolumes: [{ name: 'a', target: '/' }] },
      /root/,
    ],
    ['tmpfs at a relative path', 'tmpfs.0', { tmpfs: ['tmp'] }, /absolute path/],
    ['tmpfs with an unknown option', 'tmpfs./a', { tmpfs: { '/a': 'colour=red' } }, /"colour=red" is none/],
    ['tmpfs twice', 'tmpfs.1', { tmpfs: ['/a', '/a/:size=1m'] }, /a second time/],
    ['tmpfs at a path with a colon', 'tmpfs./a:b', { tmpfs: { '/a:b': '' } }, /without a colon/],
    ['tmpfs as a text', 'tmpfs', { tmpfs: '/tmp' }, /must be a list of path/],
    ['a device that is no path', 'devices.0', { devices: ['fuse'] }, /absolute path/],
    ['a device with a wrong mode', 'devices.0', { devices: ['/dev/a:/dev/b:x'] }, /"x" is none/],
    ['a name as name server', 'dns.0', { dns: ['one.one'] }, /IP address/],
    ['a host without an address', 'extraHosts.0', { extraHosts: ['db'] }, /name:address/],
    [
      'a host with a name as address',
      'extraHosts.0',
      { extraHosts: ['db:web'] },
      /IP address or host-gateway/,
    ],
    ['a host name with an underscore', 'hostname', { hostname: 'a_b' }, /must be a host name/],
    [
      'a host name that no kernel takes',
      'hostname',
      { hostname: `${'a'.repeat(60)}.${'b'.repeat(10)}` },
      /at most 64/,
    ],
    ['a network twice', 'networks.1', { networks: ['a', 'a'] }, /named twice/],
    ['the bridge by both its names', 'networks.1', { networks: ['bridge', 'default'] }, /named twice/],
    ["another container's network", 'networks.0', { networks: ['container:a'] }, /name of a network/],
    ['a port beyond the last', 'ports.0', { ports: ['65536:80'] }, /from 0 to 65535/],
    ['an address that is none', 'ports.0', { ports: ['1.2.3:80:80'] }, /IP address/],
    ['an unknown protocol', 'ports.0', { ports: ['80/icmp'] }, /protocol of tcp, udp, sctp/],
    ['ranges of two lengths', 'ports.0', { ports: ['80-81:80-82'] }, /same length/],
    ['a port as a number', 'ports.0', { ports: [80] }, /must be a text/],
    ['far too many ports', 'ports.1', { ports: ['0-65535', '80', '81'] }, /more than 65536/],
    ['an unknown policy', 'restart', { restart: 'sometimes' }, /on-failure:<times>/],
    ['retries for always', 'restart', { restart: 'always:3' }, /on-failure:<times>/],
    [
      'retries for always',
      'restart.maximumRetryCount',
      { restart: { name: 'always', maximumRetryCount: 1 } },
      /on-failure only/,
    ],
    ['a number as policy', 'restart', { restart: 3 }, /on-failure:<times>/],
    ['an unknown word of readiness', 'readiness', { readiness: 'soon' }, /must be auto, running, healthy/],
    ['several probes', 'readiness', { readiness: { tcp: 80, log: 'x' } }, /one probe, not several/],
    [
      'a kind and a probe',
      'readiness',
      { readiness: { kind: 'healthy', tcp: 80 } },
      /one probe, not several/,
    ],
    [
      'a port of readiness beyond the last',
      'readiness.tcp',
      { readiness: { tcp: 70_000 } },
      /must be a port/,
    ],
    [
      'a path of readiness without a slash',
      'readiness.http.path',
      { readiness: { http: { port: 80, path: 'x' } } },
      /begin with "\/"/,
    ],
    ['an empty pattern', 'readiness.log', { readiness: { log: '' } }, /must be a pattern/],
    ['no program', 'readiness.exec', { readiness: { exec: [] } }, /must name a program/],
    ['no time', 'readiness.timeout', { readiness: { timeout: 0 } }, /must be a time/],
    ['an unknown mode of idle', 'idle.mode', { idle: { mode: 'sleepy' } }, /./],
    ['an age limit that is no time', 'ttl', { ttl: 'later' }, /must be a time/],
    ['a negative age limit', 'ttl', { ttl: -1 }, /must be a time/],
    ['no GPU', 'resources.gpus', { resources: { gpus: 0 } }, /must be "all", a number/],
    ['GPUs by a word', 'resources.gpus', { resources: { gpus: 'some' } }, /must be "all", a number/],
    ['two GPUs in one id', 'resources.gpus.0', { resources: { gpus: ['0,1'] } }, /id of a GPU/],
    [
      'an unknown ulimit',
      'resources.ulimits.0',
      { resources: { ulimits: ['files=1'] } },
      /must limit one of/,
    ],
    [
      'a ulimit twice',
      'resources.ulimits.1',
      { resources: { ulimits: ['core=0', 'core=1'] } },
      /limits core a second time/,
    ],
    [
      'a soft limit above the hard one',
      'resources.ulimits.0',
      { resources: { ulimits: ['nofile=2:1'] } },
      /not above/,
    ],
    [
      'memory below what an engine takes',
      'resources.memory',
      { resources: { memory: '5m' } },
      /at least 6 MB/,
    ],
    ['negative memory', 'resources.memory', { resources: { memory: '-512m' } }, /must be an amount/],
    ['no process at all as a text', 'resources.pids', { resources: { pids: '0' } }, /whole number from 1/],
    ['a tag with a slash', 'tags.a/b', { tags: { 'a/b': '' } }, /a tag key is/],
    ['a variable with a hyphen', 'env.A-B', { env: { 'A-B': '' } }, /letters, digits and "_"/],
    ['an unknown switch', 'security.root', { security: { root: true } }, /known field/],
    ['an unknown field', 'volume', { volume: [] }, /known field/],
  ];

  it.each(rows)('%s (%s)', (_, field, fields, rule) => {
    const [problem, ...more] = refused(fields);
    expect(problem?.field).toBe(field);
    expect(problem?.rule).toMatch(rule);
    expect(more).toEqual([]);
  });

  it('with the value that was given, where it is no secret', () => {
    expect(refused({ ports: ['x'] })[0]?.value).toBe('x');
    expect(refused({ env: { 'A-B': 'secret' } })[0]?.value).toBeNull();
    expect(refused({ volumes: [{ source: '~/a', target: '/a' }] })[0]?.value).toBe('{…}');
  });
});
