import { describe, expect, it } from 'vitest';
import type { AgentType } from './agent-types.ts';
import { parseInput } from './inputs/parse-input.ts';
import { specInput, type SpecInput } from './inputs/spawn-input.ts';
import { resolveSpec, type SpecDefaults } from './resolve-spec.ts';
import { problemsOf } from './testing/specs.ts';

const type: AgentType = {
  name: 'shell',
  title: 'Shell',
  summary: '',
  image: 'slipway/starter:latest',
  builtHere: true,
  defaults: { env: { A: 'type', B: 'type' } },
  patterns: { login: [], prompt: [] },
  loginHelp: null,
};
const defaults: SpecDefaults = {
  memory: 536_870_912,
  cpu: 0.5,
  pids: 512,
  network: 'slipway-agents',
  groupKey: (group) => `key-${group}`,
};
const resolve = (more: Readonly<Record<string, unknown>> = {}, changes: Partial<AgentType> = {}) =>
  resolveSpec(parseInput(specInput, more), { ...type, ...changes }, defaults);
/** Under a type that presets fields, as people would write them. */
const under = (preset: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) =>
  resolve(more, { defaults: parseInput(specInput, preset) satisfies SpecInput });

describe('the spec of an agent', () => {
  it('without a word of the caller is made of the type and the defaults', () => {
    expect(resolve()).toMatchObject({
      image: 'slipway/starter:latest',
      pull: 'never',
      resources: { memory: 536_870_912, cpu: 0.5, pids: 512 },
      networks: ['slipway-agents'],
      env: { A: 'type', B: 'type' },
      restart: { name: 'no', maximumRetryCount: 0 },
    });
  });

  it("the type's limits win over the defaults, the caller's over both, unlimited too", () => {
    const limited = { resources: { memory: '1g', cpu: '2' } };
    expect(under(limited).resources).toMatchObject({ memory: 1_073_741_824, cpu: 2 });
    expect(under(limited, { resources: { memory: '64m', cpu: 0.1 } }).resources).toMatchObject({
      memory: 67_108_864,
      cpu: 0.1,
    });
    expect(under(limited, { resources: { memory: 'unlimited', cpu: 0 } }).resources).toMatchObject({
      memory: null,
      cpu: null,
    });
  });

  it('keys of the environment win one by one', () => {
    expect(resolve({ env: { B: 'mine', C: 'mine' } }).env).toEqual({ A: 'type', B: 'mine', C: 'mine' });
  });

  it("an image of the caller's own is normalised and pulled when missing", () => {
    expect(resolve({ image: 'docker.io/library/nginx' })).toMatchObject({
      image: 'nginx:latest',
      pull: 'missing',
    });
    expect(resolve({ image: 'nginx', pull: 'always' }).pull).toBe('always');
  });

  it('an image may be an id', () => {
    const image = `sha256:${'a'.repeat(64)}`;
    expect(resolve({ image }).image).toBe(image);
  });

  it('a type without an image needs one from the caller', () => {
    expect(() => resolve({}, { image: null })).toThrow('the type shell needs an image');
    expect(() => resolve({ image: 'No Image' })).toThrow(/image/);
  });

  it('is complete: every field has a value, and none is undefined', () => {
    expect(resolve()).toEqual(JSON.parse(JSON.stringify(resolve())));
    expect(resolve({ user: '', role: '', group: '' })).toMatchObject({ user: null, role: null, group: null });
  });

  it('what looks like an id and is none is read as a name', () => {
    expect(resolve({ image: 'sha256:abc' }).image).toBe('sha256:abc');
    expect(problemsOf(() => resolve({ image: `sha256:${'g'.repeat(64)}!` }))[0]?.field).toBe('image');
  });
});

describe('what a type presets', () => {
  it('is what its agents have, until one says otherwise', () => {
    const preset = {
      workdir: '/srv',
      user: 'node',
      readiness: { tcp: 80 },
      idle: { mode: 'io', timeout: 60 },
      ttl: '8h',
      restart: 'always',
    };
    expect(under(preset)).toMatchObject({
      workdir: '/srv',
      user: 'node',
      readiness: { kind: 'tcp', port: 80, timeout: 120 },
      idle: { mode: 'io', timeout: 60 },
      ttl: 28_800,
      restart: { name: 'always' },
    });
    const own = { workdir: '/own', readiness: 'running', idle: { timeout: 30 }, ttl: 0, restart: 'no' };
    expect(under(preset, own)).toMatchObject({
      workdir: '/own',
      user: 'node',
      readiness: { kind: 'running', timeout: 120 },
      idle: { mode: 'io', timeout: 30 },
      ttl: null,
      restart: { name: 'no' },
    });
  });

  it.each<[string, unknown, unknown, unknown]>([
    ['env', { A: '1', B: '1' }, { B: '2', C: '2' }, { A: '1', B: '2', C: '2' }],
    ['tags', { a: '1', b: '1' }, { b: '2' }, { a: '1', b: '2' }],
    ['tmpfs', { '/a': '', '/b': '' }, ['/b:size=1m'], { '/a': '', '/b': 'size=1m' }],
    [
      'security',
      { privileged: true },
      { hostPid: true },
      expect.objectContaining({ privileged: true, hostPid: true }),
    ],
    ['logging', { maxSize: '1m' }, { maxFile: 9 }, { maxSize: '1m', maxFile: 9 }],
    ['resources', { shmSize: '1m' }, { pids: 7 }, expect.objectContaining({ shmSize: 1_048_576, pids: 7 })],
    ['ports', ['80:80'], ['81:81'], ['81:81']],
    ['volumes', ['a1:/a'], [], []],
    ['networks', ['one'], ['two'], ['two']],
    ['startArgs', ['--init'], ['--tty'], ['--tty']],
    ['capabilities', ['one'], ['two'], ['two']],
  ])('merges by key in maps, and is replaced in lists: %s', (field, preset, own, expected) => {
    expect(under({ [field]: preset }, { [field]: own })).toMatchObject({ [field]: expected });
    expect(under({ [field]: preset }, {})).toEqual(under({}, { [field]: preset }));
  });
});

describe('fields that are wrong together', () => {
  const fields = (more: Readonly<Record<string, unknown>>) =>
    problemsOf(() => resolve(more)).map(({ field, rule }) => `${field} ${rule}`);

  it('are named', () => {
    const security = { hostNetwork: true };
    expect(fields({ security, networks: ['a'] })).toEqual([
      'networks cannot be joined with security.hostNetwork',
    ]);
    expect(fields({ security, ports: ['80'] })).toEqual(['ports have no meaning with security.hostNetwork']);
    expect(fields({ networks: ['a', 'bridge'] })).toEqual([
      'networks cannot mix networks of your own with bridge, host or none',
    ]);
    expect(fields({ sharedVolumes: [{ name: 'a', target: '/a' }] })).toEqual([
      'group is needed by sharedVolumes',
    ]);
    expect(fields({ volumes: ['a1:/a', { source: 'named', target: '/b', create: true }] })).toEqual([
      'volumes.1 has "create" for paths of the host only: a named volume is always made when it is absent',
    ]);
  });

  it('are mounts with one target, wherever they come from and however they are written', () => {
    const shared = { group: 'g', sharedVolumes: [{ name: 'a', target: '/a/' }] };
    expect(fields({ volumes: ['v1:/a'], ...shared })).toEqual([
      'sharedVolumes.0 has the target /a/ a second time',
    ]);
    expect(fields({ volumes: ['v1:/x/../a'], tmpfs: ['/a'] })).toEqual([
      'tmpfs./a has the target /a a second time',
    ]);
    expect(fields({ tmpfs: { '/t': '', '/t/': '' } })).toEqual([
      'tmpfs./t/ has the target /t/ a second time',
    ]);
    expect(fields({ security: { engineSocket: true }, volumes: ['/x:/var/run/docker.sock'] })).toEqual([
      'security.engineSocket has the target /var/run/docker.sock a second time',
    ]);
  });

  it('are all named at once', () => {
    const all = {
      security: { hostNetwork: true },
      ports: ['80'],
      networks: ['a'],
      volumes: ['v1:/a'],
      tmpfs: ['/a'],
    };
    expect(fields(all)).toHaveLength(3);
  });

  it('may be right: the network of the host without a word about networks, a group with its volumes', () => {
    expect(resolve({ security: { hostNetwork: true } }).networks).toEqual([]);
    expect(resolve({ group: 'g', sharedVolumes: [{ name: 'a', target: '/a' }] }).sharedVolumes).toEqual([
      { name: 'a', target: '/a', volume: 'slipway-key-g-a' },
    ]);
    expect(resolve({ networks: [] }).networks).toEqual(['slipway-agents']);
  });
});
