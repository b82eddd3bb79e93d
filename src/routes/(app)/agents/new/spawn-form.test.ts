import { describe, expect, it } from 'vitest';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { spawnInput } from '#lib/domain/inputs/spawn-input.ts';
import { BUILT_IN_TYPES } from '#lib/domain/agent-types.ts';
import { commandAsInput } from '#lib/domain/run-command.ts';
import { filled, type Fields } from './fields.ts';
import { curlCommand, fieldsFrom, spawnBody } from './spawn-form.ts';

/** Every field that has no alternative, as somebody would fill it. */
const EVERYTHING: Fields = {
  name: 'fox',
  type: 'custom',
  host: 'local',
  memory: '1g',
  cpu: '0.5',
  image: 'busybox:1',
  dockerfile: 'FROM busybox:1\nRUN echo a  b\n',
  pull: 'always',
  command: 'sh\n-c\necho a  b',
  entrypoint: '/init',
  workdir: '/work',
  user: '1000:1000',
  hostname: 'web-1',
  tty: 'off',
  stdin: 'on',
  pids: '100',
  gpus: 'device=0,1',
  shmSize: '1g',
  diskQuota: '20g',
  ulimits: 'nofile=1024:2048\nnproc=64',
  env: 'LANG=C\nEMPTY=\nPAIR=a=b',
  secrets: 'TOKEN=API_KEY\nOPEN=b env',
  volumes: 'work:/work\n/srv/data:/data:ro,create\n/srv/z:/z:Z',
  sharedVolumes: 'login:/login',
  tmpfs: '/tmp\n/run:size=64m',
  devices: '/dev/kvm\n/dev/fuse:/dev/fuse:rw',
  networks: 'one\ntwo',
  ports: '8080:80\n127.0.0.1:9000-9005:9000-9005/udp',
  dns: '1.1.1.1',
  extraHosts: 'db:10.0.0.7',
  readiness: 'http',
  readyPort: '8080',
  readyPath: '/health',
  readyStatus: '204',
  readyTimeout: '30s',
  restart: 'on-failure',
  restartTimes: '3',
  idle: 'user',
  idleTimeout: '15m',
  ttl: '8h',
  profile: 'hardened',
  privileged: 'on',
  hostPid: 'on',
  engineSocket: 'on',
  runtime: 'runsc',
  logSize: '20m',
  logFiles: '5',
  tags: 'team=blue\nnote=two words',
  role: 'builder',
  group: 'g1',
  capabilities: 'python\ncode review',
  startArgs: "--cpu-shares 512\n--label 'a=b c'",
};

describe('the form as the input of the API', () => {
  it('leaves out what is empty', () => {
    expect(
      spawnBody({ type: 'shell', name: '', host: 'auto', image: ' ', memory: '', env: '\n', rest: '' }),
    ).toEqual({
      type: 'shell',
    });
  });

  it('takes every field', () => {
    const body = spawnBody(EVERYTHING);
    expect(body).toEqual({
      name: 'fox',
      type: 'custom',
      host: 'local',
      image: 'busybox:1',
      build: { dockerfile: 'FROM busybox:1\nRUN echo a  b\n' },
      pull: 'always',
      command: ['sh', '-c', 'echo a  b'],
      entrypoint: ['/init'],
      workdir: '/work',
      user: '1000:1000',
      hostname: 'web-1',
      tty: false,
      stdin: true,
      resources: {
        memory: '1g',
        cpu: '0.5',
        pids: 100,
        gpus: ['0', '1'],
        shmSize: '1g',
        ulimits: ['nofile=1024:2048', 'nproc=64'],
        diskQuota: '20g',
      },
      env: {
        LANG: 'C',
        EMPTY: '',
        PAIR: 'a=b',
        TOKEN: { secret: 'API_KEY' },
        OPEN: { secret: 'b', delivery: 'env' },
      },
      volumes: [
        'work:/work',
        { source: '/srv/data', target: '/data', mode: 'ro', create: true },
        '/srv/z:/z:Z',
      ],
      sharedVolumes: [{ name: 'login', target: '/login' }],
      tmpfs: ['/tmp', '/run:size=64m'],
      devices: ['/dev/kvm', '/dev/fuse:/dev/fuse:rw'],
      networks: ['one', 'two'],
      ports: ['8080:80', '127.0.0.1:9000-9005:9000-9005/udp'],
      dns: ['1.1.1.1'],
      extraHosts: ['db:10.0.0.7'],
      readiness: { http: { port: 8080, path: '/health', status: 204 }, timeout: '30s' },
      restart: 'on-failure:3',
      idle: { mode: 'user', timeout: '15m' },
      ttl: '8h',
      security: { profile: 'hardened', privileged: true, hostPid: true, engineSocket: true },
      runtime: 'runsc',
      logging: { maxSize: '20m', maxFile: 5 },
      tags: { team: 'blue', note: 'two words' },
      role: 'builder',
      group: 'g1',
      capabilities: ['python', 'code review'],
      startArgs: ['--cpu-shares', '512', '--label', 'a=b c'],
    });
    expect(() => parseInput(spawnInput, body)).not.toThrow();
  });

  it('takes the spaces around a value away, and the line ends of any system', () => {
    expect(spawnBody({ name: ' fox ', tags: 'a=1\r\nb=2\r\n' })).toEqual({
      name: 'fox',
      tags: { a: '1', b: '2' },
    });
  });

  it('keeps spaces that an argument begins with', () => {
    expect(spawnBody({ command: 'echo\n  indented' })['command']).toEqual(['echo', '  indented']);
  });

  it('takes the last of two values for one name, and names such as __proto__ for what they are', () => {
    expect(spawnBody({ env: 'A=1\nA=2' })['env']).toEqual({ A: '2' });
    expect(Object.keys(spawnBody({ env: '__proto__=x' })['env'] ?? {})).toEqual(['__proto__']);
  });

  it('uses the fields of the chosen probe alone', () => {
    const fields = { readyLog: 'up', readyPort: '80', readyExec: 'true' };
    expect(spawnBody({ ...fields })).toEqual({});
    expect(spawnBody({ ...fields, readiness: 'log' })['readiness']).toEqual({ log: 'up' });
    expect(spawnBody({ ...fields, readiness: 'tcp' })['readiness']).toEqual({ tcp: 80 });
    expect(spawnBody({ ...fields, readiness: 'exec' })['readiness']).toEqual({ exec: ['true'] });
    expect(spawnBody({ ...fields, readiness: 'running', readyTimeout: '9' })['readiness']).toEqual({
      kind: 'running',
      timeout: '9',
    });
  });

  it.each([
    ['0', 0],
    ['2', 2],
    ['all', 'all'],
    ['device=GPU-1', ['GPU-1']],
    ['a, b', ['a', 'b']],
  ])('GPUs %j', (gpus, value) => {
    expect(spawnBody({ gpus })['resources']).toEqual({ gpus: value });
  });
});

describe('an input as fields', () => {
  it('fills every field and makes the same input again', () => {
    expect(fieldsFrom(spawnBody(EVERYTHING))).toEqual(filled(EVERYTHING));
  });

  it.each<[string, Record<string, unknown>]>([
    ['a command with line ends', { command: ['sh', '-c', 'echo a\necho b'] }],
    ['empty words', { command: ['', 'x'], entrypoint: ['[', ']'] }],
    ['a value of several lines', { env: { KEY: '-----BEGIN\nabc\n-----END', OTHER: 'x ' } }],
    ['lists that say nothing', { volumes: [], networks: [], command: [], entrypoint: [] }],
    ['fields that nobody knows', { build: { dockerfile: 'FROM x' }, resources: { memory: '1g', swap: 1 } }],
    [
      'secrets of the environment',
      { env: { A: '1', KEY: { secret: 'team' }, OPEN: { secret: 'b', delivery: 'env' } } },
    ],
    ['a secret that is none', { env: { KEY: { secret: 7 } } }],
    [
      'a volume that no line can say',
      { volumes: ['a:/b', { source: 'x', target: '/y', readonly: 'maybe' }] },
    ],
    ['a no that wins over a type', { security: { privileged: false, hostPid: true } }],
    ['probes', { readiness: { log: 'up.*', timeout: 5 } }],
    ['a probe that is none', { readiness: { udp: 53 } }],
    [
      'start args with everything',
      { startArgs: ['-it', '--label', "it's", '-e=A=b\nc', '--cpu-shares', '-1', ''] },
    ],
  ])('loses nothing: %s', (_, input) => {
    const again = spawnBody(fieldsFrom(input));
    expect(again).toEqual(JSON.parse(JSON.stringify(input).replace('"timeout":5', '"timeout":"5"')));
  });

  it('keeps aside only what no field can show', () => {
    const { env, secrets, rest } = fieldsFrom({
      env: { A: '1', KEY: { secret: 'team' }, ODD: 5 },
      nobody: { knows: 'x' },
    });
    expect([env, secrets]).toEqual(['A=1', 'KEY=team']);
    expect(JSON.parse(rest)).toEqual({ env: { ODD: 5 }, nobody: { knows: 'x' } });
  });

  it('reads the other forms of the API', () => {
    expect(
      fieldsFrom({
        restart: { name: 'on-failure', maximumRetryCount: 2 },
        idle: 'io',
        readiness: 'healthy',
        tmpfs: { '/tmp': '', '/run': 'size=1m' },
        ttl: null,
        command: null,
        resources: { memory: 536870912, cpu: 2, gpus: 'all' },
      }),
    ).toEqual(
      filled({
        restart: 'on-failure',
        restartTimes: '2',
        idle: 'io',
        readiness: 'healthy',
        tmpfs: '/tmp\n/run:size=1m',
        ttl: '0',
        memory: '536870912',
        cpu: '2',
        gpus: 'all',
      }),
    );
  });

  it('a pasted docker run command fills the form and means the same', () => {
    const { input } = commandAsInput(
      `docker run -d --name web -m 64m -p 8080:80 -v data:/data -v /srv/x:/x:ro -e A=1 --tmpfs /tmp --cap-add SYS_PTRACE --restart on-failure:3 nginx:1.27 sh -c 'echo a
echo b'`,
      BUILT_IN_TYPES,
    );
    const fields = fieldsFrom(input);
    expect(fields).toMatchObject({
      name: 'web',
      type: 'custom',
      image: 'nginx:1.27',
      memory: '64m',
      volumes: 'data:/data\n/srv/x:/x:ro,create',
      rest: '',
    });
    expect(parseInput(spawnInput, spawnBody(fields))).toEqual(parseInput(spawnInput, input));
  });
});

it('the curl command survives quotes in values', () => {
  const text = curlCommand('http://127.0.0.1:3200/agents', {
    type: 'shell',
    command: ['echo', "it's", '"x"'],
  });
  expect(text).toBe(
    [
      'curl -X POST http://127.0.0.1:3200/agents \\',
      "  -H 'Content-Type: application/json' \\",
      '  -H "Authorization: Bearer $SLIPWAY_TOKEN" \\',
      String.raw`  -d '{"type":"shell","command":["echo","it'\''s","\"x\""]}'`,
    ].join('\n'),
  );
});
