/** Inputs that are right, with every field of the spec in many of its forms. */
import type { PlainInput } from '../spec-input.ts';
import type { Chance } from './random.ts';

type Choice = (chance: Chance) => unknown;
const of =
  (...items: readonly unknown[]): Choice =>
  (chance) =>
    chance.pick(items);
const some =
  (...items: readonly unknown[]): Choice =>
  (chance) =>
    chance.some(items);
const mapOf =
  (entries: Readonly<Record<string, Choice>>, probability = 0.4): Choice =>
  (chance) =>
    Object.fromEntries(
      chance.some(Object.entries(entries), probability).map(([key, choose]) => [key, choose(chance)]),
    );

/** Fields that a docker run command can say. */
const COMMAND_FIELDS: Readonly<Record<string, Choice>> = {
  image: of('nginx', 'ghcr.io/acme/tool:1.2', 'debian:bookworm-slim', 'localhost:5000/x'),
  command: of(
    [],
    ['sleep', 'infinity'],
    ['sh', '-c', 'echo "$HOME" `id`; rm -rf *\nexit'],
    ['-v', '--', 'a b'],
  ),
  entrypoint: of(['/bin/sh'], ['my tool'], []),
  workdir: of('/srv', '/a b/c'),
  user: of('1000', '1000:1000', 'node', ''),
  hostname: of('web-1', 'a.example.com', 'ada'),
  tty: of(true, false),
  stdin: of(true, false),
  resources: mapOf({
    memory: of('64m', '1.5g', 6_291_456, 'unlimited', 0),
    cpu: of(0.1, '500m', 1.25, 1 / 3, 'unlimited'),
    pids: of(1, 4096, 'unlimited'),
    gpus: of('all', 2, ['0', 'GPU-3a23']),
    shmSize: of('64m', 100_000_000),
    ulimits: some('nofile=1024:2048', 'core=0', 'memlock=-1', 'nproc=10'),
    diskQuota: of('10g', '1Gi'),
  }),
  env: mapOf({
    A: of('', 'x=y', "it's", 'two\nlines', '${HOME}', 'ünï "quoted" \\'),
    _B: of('1'),
    constructor: of('c'),
    toString: of('d'),
  }),
  volumes: some(
    '/srv/data:/data',
    '/srv/ro:/ro:ro',
    'cache:/cache',
    'labelled:/labelled:z,ro',
    '/srv/z:/z:Z',
    { source: '/srv/made', target: '/made', create: true },
    { source: '/srv/made-too', target: '/made-too', mode: 'ro', create: true },
    { source: 'named', target: '/named', mode: 'rw' },
    '/srv/a,b"c:/odd',
    '/srv/tmp:/tmp/',
  ),
  tmpfs: of(['/scratch', '/run:size=64m'], { '/var/tmp': 'size=1g,mode=1777', '/run': '' }, {}),
  devices: some(
    '/dev/fuse',
    '/dev/a:/dev/b',
    '/dev/null:r',
    '/dev/x:/dev/y:rw',
    'vendor.com/class=one',
    'a.b/c=two',
  ),
  dns: some('192.0.2.1', '2001:DB8::1', '::ffff:192.0.2.2'),
  extraHosts: some('db:10.0.0.5', 'six=[2001:db8::1]', 'host.docker.internal:10.1.1.1', 'up:host-gateway'),
  networks: of(['backend'], ['backend', 'front.end'], ['bridge'], ['none'], ['default'], []),
  ports: some(
    '80',
    '8080:80',
    '127.0.0.1:9000-9002:9000-9002/udp',
    '[::1]:81:81',
    '0.0.0.0::82',
    '8100-8110:83',
    '8080:80',
  ),
  runtime: of('runsc'),
  restart: of('no', 'always', 'unless-stopped', 'on-failure', 'on-failure:3', { name: 'on-failure' }),
  logging: mapOf({ maxSize: of('1m', '100k'), maxFile: of(1, 100) }, 0.7),
};

/** Fields that are Slipway's own. */
const OWN_FIELDS: Readonly<Record<string, Choice>> = {
  pull: of('missing', 'always', 'never'),
  build: of(
    { dockerfile: 'FROM busybox\nRUN echo "$A"\n', args: { A: 'x y' } },
    { dockerfile: 'FROM x', buildArgs: ['--no-cache', '--build-arg', 'A=1', '--target=last', '--label=a=b'] },
    { context: '/srv/app', file: 'docker/Dockerfile', target: 'last', noCache: true, labels: { a: 'b' } },
    { git: 'https://example.com/acme/tool.git#main:docker', noCache: false },
  ),
  tags: mapOf({ team: of('web', ''), 'a.b-c_d': of('x y'), constructor: of('t') }),
  readiness: of(
    'auto',
    'running',
    'healthy',
    { timeout: '5m' },
    { log: 'listening on \\d+' },
    { tcp: 5432, timeout: 30 },
    { http: { port: 80 } },
    { http: { port: 8080, path: '/health?x=1', status: 204 }, timeout: 1 },
    { exec: ['test', '-f', '/ready file'] },
    { kind: 'healthy', timeout: 10 },
  ),
  idle: of('io', 'disabled', { timeout: '15m' }, { mode: 'agent', timeout: 60 }, {}),
  ttl: of('8h', 3600, 0, 'none', null),
  env: mapOf({ PLAIN: of('x', ''), TOKEN: of({ secret: 'API_KEY' }, { secret: 'b', delivery: 'env' }) }),
  ssh: of(true, false),
  snapshots: of({ beforeStop: true }, { every: '6h', keep: 3 }, { every: 'none', keep: 0 }, {}),
  role: of('builder', '', 'a role'),
  capabilities: some('python', 'web search'),
};

/** Flags that a body can have beside its fields, and those that settle a field. */
const START_ARGS: readonly (readonly string[])[] = [
  ['--memory=1g'],
  ['--memory-reservation', '100m'],
  ['--pids-limit', '99'],
  ['--restart=on-failure:7'],
  ['--label', 'team=a b'],
  ['--init'],
  ['--sysctl', 'net.core.somaxconn=1024'],
  ['--health-cmd', 'curl -f http://localhost || exit 1', '--health-interval=90s'],
  ['--cap-add=NET_ADMIN'],
  ['-p', '7000:7000', '-p7001:7001/udp'],
  ['--expose', '6000'],
  ['-eC=from flags'],
  ['--mount', 'type=tmpfs,target=/fast,tmpfs-size=64m'],
  ['-v', '/anonymous'],
  ['-v', '/srv/cached:/cached:cached'],
  ['--stop-signal=INT', '--stop-timeout=3'],
  ['--group-add', 'audio'],
  ['--log-opt', 'tag=x'],
  ['--dns-search=example.com'],
];
const NETWORK_ARGS: readonly (readonly string[])[] = [
  ['--network=other'],
  ['--network', 'name=other,alias=db', '--network=backend'],
  ['--ip', '10.0.0.9', '--network=other'],
  ['--net=host'],
  ['--network=default'],
];

const CPU_ARGS: readonly (readonly string[])[] = [['--cpus=2'], ['--cpu-quota=50000', '--cpu-period=100000']];

/** One input. `own`: also with fields that no docker run command says. */
export function randomInput(chance: Chance, { own }: { readonly own: boolean }): PlainInput {
  const fields = { ...COMMAND_FIELDS, ...(own ? OWN_FIELDS : {}) };
  const probability = chance.pick([0.1, 0.3, 0.6]);
  const chosen = Object.fromEntries(
    chance.some(Object.entries(fields), probability).map(([key, choose]) => [key, choose(chance)]),
  );
  const hostNetwork = chance.yes(0.1);
  const security = {
    profile: chance.pick(['standard', 'hardened']),
    ...(chance.yes(0.15) ? { privileged: true } : {}),
    ...(chance.yes(0.1) ? { hostPid: true } : {}),
    ...(chance.yes(0.1) ? { engineSocket: true } : {}),
    ...(hostNetwork ? { hostNetwork } : {}),
  };
  const startArgs = [
    ...chance.some(START_ARGS, 0.1).flat(),
    ...(chance.yes(0.8) ? [] : (chance.pick(CPU_ARGS) ?? [])),
    ...(hostNetwork || chance.yes(0.8) ? [] : (chance.pick(NETWORK_ARGS) ?? [])),
  ];
  const shared = chance.yes(0.1)
    ? { group: 'team one', sharedVolumes: [{ name: 'login', target: '/root/.login' }] }
    : {};
  const { networks: _networks, ports: _ports, ...apart } = chosen;
  const type =
    'image' in chosen || 'build' in chosen
      ? chance.pick(['custom', 'shell', 'claude'])
      : chance.pick(['shell', 'claude']);
  return {
    type,
    ...(hostNetwork ? apart : chosen),
    ...(chance.yes(0.7) ? { security } : {}),
    ...(hostNetwork && !('security' in chosen) ? { security } : {}),
    ...(startArgs.length > 0 ? { startArgs } : {}),
    ...shared,
  };
}
