import { describe, expect, it } from 'vitest';
import { BUILT_IN_TYPES, type AgentType } from '#lib/domain/agent-types.ts';
import { AppError, type FieldProblem } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { specInput } from '#lib/domain/inputs/spawn-input.ts';
import { defaultsAsInput } from '#lib/domain/type-defaults.ts';
import { Chance } from '#lib/domain/testing/random.ts';
import { randomInput } from '#lib/domain/testing/random-specs.ts';
import { typesFromToml, typesToToml } from './type-toml.ts';

const TEXTS = ['', 'plain', 'two "quoted" \\ words', 'ünï · 日本', "it's = [x] # no comment"];
const PATTERNS = ['^Not logged in$', '\\bkey: "\\d+"', "it's (?:a|b)", '[[:alpha:]]+ = \\[type\\]'];

function randomType(chance: Chance, index: number): AgentType {
  const { image: _image, type: _type, ...fields } = randomInput(chance, { own: true });
  return {
    name: `type-${index}`,
    title: chance.pick(TEXTS.slice(1)) ?? 'x',
    summary: chance.pick(TEXTS) ?? '',
    image: chance.pick([null, 'slipway/claude:latest', 'acme/tool:1.2']) ?? null,
    builtHere: chance.yes(0.5),
    loginHelp: chance.pick([null, 'Run it.\nThen "log in".']) ?? null,
    patterns: { login: chance.some(PATTERNS), prompt: chance.some(PATTERNS) },
    defaults: parseInput(specInput, fields),
  };
}

function problemsOf(toml: string): readonly FieldProblem[] {
  try {
    typesFromToml(toml);
  } catch (error) {
    if (error instanceof AppError) return error.details?.fields ?? [];
    throw error;
  }
  throw new Error('it was read');
}

describe('types as TOML', () => {
  it('come back as the same types, whatever is in them', () => {
    const chance = new Chance(20_261_122);
    for (let round = 0; round < 300; round += 1) {
      const types = [randomType(chance, 0), randomType(chance, 1)];
      const toml = typesToToml(types);
      const again = typesFromToml(toml);
      expect(again, toml).toEqual(types);
      expect(typesToToml(again.map((type) => ({ ...type, title: type.title ?? '' })))).toBe(toml);
    }
  });

  it('hold what ships', () => {
    expect(typesFromToml(typesToToml(BUILT_IN_TYPES))).toEqual(BUILT_IN_TYPES);
  });

  it('are refused as a file that is no TOML, with line and column', () => {
    expect(problemsOf('[[type]]\nname = "a"\ntitle = "x\n')).toEqual([
      { field: 'line 3', value: null, rule: expect.stringMatching(/^column \d+: /) as string },
    ]);
  });

  it('are refused without a [[type]] table, and with anything beside them', () => {
    expect(problemsOf('')[0]).toMatchObject({
      field: 'type',
      rule: expect.stringContaining('[[type]]') as string,
    });
    expect(problemsOf('name = "a"')[0]).toMatchObject({ field: 'name' });
  });

  it('name each refused field with its type and its line', () => {
    const toml = [
      '[[type]]',
      'name = "good"',
      '',
      '[[type]]',
      'name = "bad"',
      'colour = "red"',
      '[type.patterns]',
      'login = ["("]',
      '[type.defaults]',
      'ttl = "soon"',
      'resources = { memory = "1k" }',
    ].join('\n');
    expect(problemsOf(toml).map(({ field, rule }) => [field, /\(line \d+\)$/.exec(rule)?.[0]])).toEqual([
      ['type.1.defaults.resources.memory', '(line 11)'],
      ['type.1.defaults.ttl', '(line 10)'],
      ['type.1.colour', '(line 6)'],
    ]);
  });

  it('are refused with a pattern that RE2 does not read', () => {
    const [problem] = problemsOf('[[type]]\nname = "a"\n[type.patterns]\nlogin = ["(?=x)"]\n');
    expect(problem).toMatchObject({ field: 'type.0.patterns.login.0', value: '(?=x)' });
    expect(problem?.rule).toContain('(line 4)');
  });

  it('are refused when one name is in the file twice', () => {
    expect(problemsOf('[[type]]\nname = "a"\n[[type]]\nname = "a"\n')).toMatchObject([
      { field: 'type.1.name' },
    ]);
  });
});

it('defaults as an input hold no null and give the same defaults again', () => {
  const defaults = parseInput(specInput, {
    resources: { memory: 'unlimited', cpu: 0, pids: 'unlimited' },
    ttl: 0,
    snapshots: { every: 'none', keep: 0 },
    env: { KEY: { secret: 'NAME' } },
  });
  const input = defaultsAsInput(defaults);
  expect(JSON.stringify(input)).not.toContain('null');
  expect(parseInput(specInput, input)).toEqual(defaults);
});
