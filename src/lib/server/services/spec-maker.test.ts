import { describe, expect, it } from 'vitest';
import { SHIPPED_TYPES } from '#lib/domain/agent-types.ts';
import { AppError } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { specInput } from '#lib/domain/inputs/spawn-input.ts';
import { DEFAULT_POLICY, type Policy } from '#lib/domain/policy.ts';
import type { EngineInfo } from '../engine/engine.ts';
import { person } from '../testing/world.ts';
import { refuseWhatHostLacks, SpecMaker } from './spec-maker.ts';

const GIB = 1024 ** 3;
const DEFAULTS = { memory: 512 * 1024 ** 2, cpu: 0.5, pids: 512, network: 'slipway-agents' };
const ADMIN = person('admin', 'ada');
const OPERATOR = person('operator', 'olga');

let policy: Policy = DEFAULT_POLICY;
const specs = new SpecMaker({
  hostDefaults: { of: () => DEFAULTS, differ: () => false },
  policy: () => policy,
  secrets: { refuseUnusable: () => undefined },
  types: SHIPPED_TYPES,
});
type Input = Readonly<Record<string, unknown>>;
const make = (input: Input, actor = ADMIN, type = 'shell') =>
  specs.make(actor, 'one', specs.type(type), parseInput(specInput, input));

function refusal(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a build from a folder of the machine that Slipway runs on', () => {
  const wish = { build: { context: '/srv/recipes' } };

  it('is for admins', () => {
    expect(make(wish).build?.context).toBe('/srv/recipes');
    expect(refusal(() => make(wish, OPERATOR)).code).toBe('FORBIDDEN');
  });
});

describe('the type', () => {
  it('that is not known is refused with those that are', () => {
    const error = refusal(() => specs.type('robot'));
    expect(error).toMatchObject({
      code: 'VALIDATION',
      details: { fields: [{ field: 'type', value: 'robot' }] },
    });
    expect(error.details?.known).toEqual(expect.arrayContaining(['shell', 'claude', 'custom']));
    expect(error.hint).toContain('Known types: shell, claude,');
  });

  it('custom needs an image', () => {
    expect(refusal(() => make({}, ADMIN, 'custom')).details?.fields).toMatchObject([{ field: 'image' }]);
  });

  it('gives what is not said, and the instance what the type does not say', () => {
    expect(make({})).toMatchObject({
      image: 'slipway/starter:latest',
      pull: 'never',
      resources: { memory: DEFAULTS.memory, cpu: 0.5, pids: 512 },
      networks: ['slipway-agents'],
      idle: { mode: 'io', timeout: 800 },
    });
  });
});

describe('a pattern for the output', () => {
  it.each(['(', '(?=ready)', '(a)\\1', '[z-a]', 'a**'])('%s is refused at its field', (pattern) => {
    const error = refusal(() => make({ readiness: { log: pattern } }));
    expect(error.code).toBe('VALIDATION');
    expect(error.details?.fields).toMatchObject([{ field: 'readiness.log', value: pattern }]);
    expect(error.message).toContain('must be a regular expression (RE2)');
  });

  it.each(['listening on \\d+', '(?i)ready', '(a+)+$', 'bereit: \\p{L}'])('%s is taken', (pattern) => {
    expect(make({ readiness: { log: pattern } }).readiness).toMatchObject({ kind: 'log', pattern });
  });
});

const REACHING: readonly (readonly [Input, string])[] = [
  [{ volumes: ['/etc:/host'] }, 'mount /etc of the host'],
  [{ security: { profile: 'unrestricted' } }, 'use the security profile unrestricted'],
  [{ security: { privileged: true } }, 'be privileged'],
  [{ security: { hostNetwork: true } }, 'use the network of the host'],
  [{ security: { hostPid: true } }, 'see the processes of the host'],
  [{ security: { engineSocket: true } }, 'reach the engine through'],
  [{ ports: ['0.0.0.0:81:80'] }, 'open the port'],
  [{ runtime: 'runsc' }, 'use the runtime runsc'],
  [{ startArgs: ['--cap-add=SYS_ADMIN'] }, 'have the capability'],
  [{ startArgs: ['-v', '/etc:/host'] }, 'mount /etc of the host'],
];

describe('what reaches out of the container', () => {
  it.each(REACHING)('%j is refused to an operator in words', (input, words) => {
    const error = refusal(() => make(input, OPERATOR));
    expect(error.code).toBe('FORBIDDEN');
    expect(error.message).toMatch(/^This needs an admin: it would /);
    expect(error.message).toContain(words);
    expect(error.hint).toContain('ask an admin');
  });

  it.each(REACHING)('%j is given to an admin', (input) => {
    expect(() => make(input)).not.toThrow();
  });

  it('all of it is named at once', () => {
    const { message } = refusal(() =>
      make({ volumes: ['/etc:/host'], security: { hostPid: true } }, OPERATOR),
    );
    expect(message).toContain('mount /etc of the host');
    expect(message).toContain('see the processes of the host');
  });

  it('is given to an operator when the policy of this moment says so', () => {
    const wish = { volumes: ['/srv/data/one:/data'] };
    try {
      policy = { ...DEFAULT_POLICY, hostPaths: ['/srv/data'] };
      expect(() => make(wish, OPERATOR)).not.toThrow();
      expect(refusal(() => make({ volumes: ['/srv/database:/data'] }, OPERATOR)).code).toBe('FORBIDDEN');
      expect(refusal(() => make({ volumes: ['/srv/data/../x:/data'] }, OPERATOR)).code).toBe('FORBIDDEN');
    } finally {
      policy = DEFAULT_POLICY;
    }
    expect(refusal(() => make(wish, OPERATOR)).code).toBe('FORBIDDEN');
  });

  it('a named volume, a port of this machine and a network of its own are no reaching', () => {
    const wish = { volumes: ['data:/data'], ports: ['8080:80'], networks: ['side'] };
    expect(() => make(wish, OPERATOR)).not.toThrow();
  });
});

describe('the host', () => {
  const info: EngineInfo = {
    id: 'x',
    name: 'x',
    version: '20.10.24',
    apiVersion: '1.41',
    os: 'Linux',
    cpus: 4,
    memory: 8 * GIB,
    cgroupVersion: '2',
    storageDriver: 'overlay2',
    runtimes: ['runc', 'runsc'],
    defaultRuntime: 'runc',
    warnings: [],
    time: null,
    kernel: '6.1.0',
    dataRoot: '/var/lib/docker',
    containers: 0,
    containersRunning: 0,
    images: 0,
  };
  const lacking = (input: Input, but: Partial<EngineInfo> = {}) =>
    refusal(() => {
      refuseWhatHostLacks(make(input), { ...info, ...but });
    });

  it('gives no more cores than it has', () => {
    const error = lacking({ resources: { cpu: 4.5 } });
    expect(error).toMatchObject({
      code: 'RESOURCE_LIMIT',
      message: 'It asks for 4.5 cores and the host has 4',
    });
    expect(lacking({ startArgs: ['--cpus=5'] }).code).toBe('RESOURCE_LIMIT');
  });

  it('gives no more memory than it has', () => {
    expect(lacking({ resources: { memory: '9g' } })).toMatchObject({
      code: 'RESOURCE_LIMIT',
      message: 'It asks for 9 GiB of memory and the host has 8 GiB',
    });
  });

  it('names the runtimes that it knows', () => {
    const error = lacking({ runtime: 'kata' });
    expect(error.details?.fields).toMatchObject([{ field: 'runtime', value: 'kata' }]);
    expect(error.message).toContain('runc, runsc');
  });

  it.each<[string, Input, EngineInfo | null]>([
    ['all that it has', { resources: { cpu: 4, memory: '8g' } }, info],
    ['no limit', { resources: { cpu: 'unlimited', memory: 'unlimited' } }, info],
    ['a runtime that it knows', { runtime: 'runsc' }, info],
    ['any runtime, when it lists none', { runtime: 'kata' }, { ...info, runtimes: [] }],
    ['anything, when nothing is known of it', { resources: { cpu: 64 }, runtime: 'kata' }, null],
  ])('gives %s', (_title, input, known) => {
    expect(() => {
      refuseWhatHostLacks(make(input), known);
    }).not.toThrow();
  });
});

describe('a spec as input', () => {
  const ROUND: readonly (readonly [string, string, Input])[] = [
    ['of nothing', 'shell', {}],
    ['of an image', 'custom', { image: 'busybox:1.36', pull: 'always' }],
    [
      'of limits',
      'shell',
      { resources: { memory: '1g', cpu: 'unlimited', pids: 'unlimited', shmSize: '64m' } },
    ],
    ['of mounts', 'shell', { volumes: ['data:/data:ro', '/srv:/srv:z'], tmpfs: { '/tmp': 'size=1m' } }],
    ['of a group', 'shell', { group: 'team', sharedVolumes: [{ name: 'login', target: '/root/.config' }] }],
    ['of readiness', 'shell', { readiness: { http: { port: 80, path: '/up', status: 204 }, timeout: 5 } }],
    ['of a pattern', 'shell', { readiness: { log: 'listening' }, restart: 'on-failure:3' }],
    ['of rules', 'shell', { idle: { mode: 'boot', timeout: '2h' }, ttl: '1d', tags: { team: 'blue' } }],
    ['of ports', 'shell', { ports: ['8080:80', '127.0.0.2:53:53/udp'], networks: ['side', 'back'] }],
    [
      'of start args',
      'shell',
      { startArgs: ['--memory=64m', '--cpus', '0.3', '--network=side', '--restart=always'] },
    ],
    ['of the network of the host', 'shell', { security: { hostNetwork: true } }],
  ];

  it.each(ROUND)('makes the same again: %s', (_title, type, input) => {
    const spec = make(input, ADMIN, type);
    const said = specs.asInput('one', type, spec);
    expect(make(said, ADMIN, type)).toEqual(spec);
    // and through JSON, as a page sends it
    expect(make(JSON.parse(JSON.stringify(said)) as Input, ADMIN, type)).toEqual(spec);
  });

  it('says nothing where nothing was said', () => {
    expect(specs.asInput('one', 'shell', make({}))).toEqual({});
  });

  it('of a type that is no longer known names its image', () => {
    const spec = make({ image: 'busybox:1.36' }, ADMIN, 'custom');
    expect(specs.asInput('one', 'gone', spec)).toMatchObject({ image: 'busybox:1.36' });
  });

  it('two groups have no shared volume in common, however alike they are', () => {
    const volumeOf = (group: string) =>
      make({ group, sharedVolumes: [{ name: 'login', target: '/login' }] }).sharedVolumes[0]?.volume;
    expect(volumeOf('team-a')).not.toBe(volumeOf('team-b'));
    expect(volumeOf('team-a')).toBe(volumeOf('team-a'));
  });
});
