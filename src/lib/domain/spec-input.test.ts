import { describe, expect, it } from 'vitest';
import { settleSpec } from './agent-container.ts';
import type { AgentSpec } from './agent-spec.ts';
import { findAgentType } from './agent-types.ts';
import { parseInput } from './inputs/parse-input.ts';
import { specInput } from './inputs/spawn-input.ts';
import { resolveSpec } from './resolve-spec.ts';
import { specAsInput, type PlainInput } from './spec-input.ts';
import { Chance } from './testing/random.ts';
import { randomInput } from './testing/random-specs.ts';
import { DEFAULTS, plainSpec, settledSpec } from './testing/specs.ts';

/** The spec that comes of an input under a type. */
function made(type: string, input: PlainInput): AgentSpec {
  const recipe = findAgentType(type);
  if (recipe === undefined) throw new Error(`there is no type ${type}`);
  return settleSpec('ada', resolveSpec(parseInput(specInput, input), recipe, DEFAULTS));
}

/** As the service does it: the image belongs to the input when it is not the type's. */
function back(type: string, spec: AgentSpec): PlainInput {
  const said = findAgentType(type)?.image === spec.image ? {} : { image: spec.image };
  return { ...said, ...specAsInput(spec, made(type, said)) };
}

describe('a spec as the input that makes it', () => {
  it('makes the same spec again, whatever is in it', () => {
    const chance = new Chance(20_261_121);
    for (let round = 0; round < 600; round += 1) {
      const input = randomInput(chance, { own: true });
      const type = String(input['type']);
      const spec = settledSpec(input);
      const again = back(type, spec);
      expect(JSON.parse(JSON.stringify(again)), 'is plain JSON').toEqual(again);
      expect(made(type, again), JSON.stringify({ input, again })).toEqual(spec);
    }
  });

  it('is empty when nothing differs from the type', () => {
    expect(back('shell', made('shell', {}))).toEqual({});
  });

  it('names the image only when it is not the one of the type', () => {
    expect(back('custom', made('custom', { image: 'nginx' }))).toEqual({ image: 'nginx:latest' });
  });

  it('says amounts as people write them, and what is unlimited by that word', () => {
    const spec = made('shell', { resources: { memory: '1536m', cpu: 0, pids: 'unlimited' }, ttl: '8h' });
    expect(back('shell', spec)).toEqual({
      resources: { memory: '1536m', cpu: 'unlimited', pids: 'unlimited' },
      ttl: 28_800,
    });
  });

  it('leaves to the start args what they settle', () => {
    const startArgs = [
      '--memory=1g',
      '--cpu-quota=500',
      '--network=container:db',
      '--restart=always',
      '--pull=always',
    ];
    const spec = made('shell', { startArgs });
    expect(spec).toMatchObject({ resources: { cpu: 0.005 }, networks: ['container:db'], pull: 'always' });
    expect(back('shell', spec)).toEqual({ startArgs });
  });

  it('takes back an age limit that the base has', () => {
    expect(specAsInput(plainSpec(), plainSpec({ ttl: 60 }))).toEqual({ ttl: 0 });
  });

  it('leaves out what has no form: a null under a base that presets something', () => {
    const base = plainSpec({ workdir: '/srv', resources: { ...plainSpec().resources, gpus: 'all' } });
    expect(specAsInput(plainSpec(), base)).toEqual({});
  });
});
