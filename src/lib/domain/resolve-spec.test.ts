import { describe, expect, it } from 'vitest';
import type { AgentType } from './agent-types.ts';
import { parseInput, spawnInput } from './inputs.ts';
import { resolveSpec } from './resolve-spec.ts';

const type: AgentType = {
  name: 'shell',
  title: 'Shell',
  summary: '',
  image: 'slipway/starter:latest',
  builtHere: true,
  memory: null,
  cpu: null,
  env: { A: 'type', B: 'type' },
};
const defaults = { memory: 536_870_912, cpu: 0.5, pids: 512, network: 'slipway-agents' };
const resolve = (more: Readonly<Record<string, unknown>> = {}, changes: Partial<AgentType> = {}) =>
  resolveSpec(parseInput(spawnInput, { type: 'shell', ...more }), { ...type, ...changes }, defaults);

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
    const limited = { memory: '1g', cpu: '2' };
    expect(resolve({}, limited).resources).toMatchObject({ memory: 1_073_741_824, cpu: 2 });
    expect(resolve({ resources: { memory: '64m', cpu: 0.1 } }, limited).resources).toMatchObject({
      memory: 67_108_864,
      cpu: 0.1,
    });
    expect(resolve({ resources: { memory: 'unlimited', cpu: 0 } }, limited).resources).toMatchObject({
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
});
