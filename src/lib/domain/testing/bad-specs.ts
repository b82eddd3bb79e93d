/**
 * Inputs of a spawn that must be refused: good ones with one or more things in them gone wrong. Plain JSON, the same for the same seed, for
 * the domain's own tests and for those that send them to the API. None of them holds what could be taken for a good wish: each was refused
 * by the domain, or made it fail, which is what its test is to find.
 */
import { Chance } from './random.ts';
import { randomInput } from './random-specs.ts';
import { settledSpec } from './specs.ts';

export interface BadSpec {
  /** What was done to a good input, for the message of a test. */
  readonly what: string;
  readonly input: unknown;
}

/** Stands in every value of the environment and every password: no refusal may repeat it. */
export const SECRET_MARK = 'hunter2-secret';

const NASTY: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  Number.MAX_SAFE_INTEGER + 2,
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  'two\nlines',
  '\u001b[31mred\u001b[0m',
  '\u202eright to left',
  '\ud83d\ude00',
  '\ud800',
  'ﬀ',
  '../../etc/passwd',
  '~/data',
  '/',
  '//',
  ':',
  ':::::',
  '-',
  '--',
  '=',
  ',',
  '"',
  "'; rm -rf / #",
  '$(id)',
  '${HOME}',
  '%00',
  'NaN',
  'Infinity',
  '1e400',
  '0x10',
  '-512m',
  '5m',
  '99999999999999999999g',
  'constructor',
  '__proto__',
  'x'.repeat(10_000),
  [],
  {},
  [[]],
  [null],
  [{}],
  ['', ''],
  { length: 1 },
  { toString: 'x' },
  { kind: 'x', mode: 'x', name: 'x' },
];

/** Wrong by themselves, wherever a good input lies. */
const WHOLE: readonly unknown[] = [
  null,
  true,
  7,
  'text',
  '',
  [],
  [{ type: 'shell' }],
  {},
  { type: null },
  { type: {} },
];

type Plain = Record<string, unknown>;
type Mutation = (input: Plain, chance: Chance) => string;

const MUTATIONS: readonly Mutation[] = [
  replaceValue,
  replaceValue,
  replaceValue,
  addKey,
  nest,
  shuffle,
  flags,
  environment,
  recipe,
];

/** Deterministic by the seed. */
export function badSpecs(count: number, seed = 1): readonly BadSpec[] {
  const chance = new Chance(seed);
  const bad: BadSpec[] = [];
  while (bad.length < count) {
    const candidate = mutated(chance);
    if (!isGood(candidate.input)) bad.push(candidate);
  }
  return bad;
}

function mutated(chance: Chance): BadSpec {
  if (chance.yes(0.01)) return { what: 'no spec at all', input: chance.pick(WHOLE) };
  const input = copy(randomInput(chance, { own: true }));
  const what = Array.from(
    { length: chance.whole(1, 3) },
    () => chance.pick(MUTATIONS)?.(input, chance) ?? '',
  );
  markSecrets(input);
  return { what: what.join('; '), input };
}

function isGood(input: unknown): boolean {
  try {
    settledSpec(input);
    return true;
  } catch {
    return false;
  }
}

/** As JSON arrives: `__proto__` is a key like any other. */
function copy(value: object): Plain {
  return JSON.parse(JSON.stringify(value)) as Plain;
}

/** All places of the input, from the top down. */
function places(value: unknown, depth = 0): { readonly holder: Plain; readonly key: string }[] {
  if (typeof value !== 'object' || value === null || depth > 4) return [];
  const holder = value as Plain;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...places(holder[key], depth + 1)]);
}

function put(holder: Plain, key: string, value: unknown): void {
  // a copy: what is changed in one input must not change another
  const own: unknown = value === undefined ? null : JSON.parse(JSON.stringify(value));
  Object.defineProperty(holder, key, { value: own, enumerable: true, writable: true, configurable: true });
}

function replaceValue(input: Plain, chance: Chance): string {
  const place = chance.pick(places(input));
  if (place === undefined) return 'nothing to replace';
  put(place.holder, place.key, chance.pick(NASTY));
  return `${place.key} replaced`;
}

function addKey(input: Plain, chance: Chance): string {
  const holders = [input, ...places(input).map(({ holder }) => holder)].filter(
    (each) => !Array.isArray(each),
  );
  const key = chance.pick([
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'volume',
    'Memory',
    '',
    'a b',
    '\u0000',
    'password',
    '💥',
  ]);
  put(
    chance.pick(holders) ?? input,
    key,
    key === 'password' ? SECRET_MARK : chance.pick(['x', { polluted: true }, null, 1]),
  );
  return `the key ${JSON.stringify(key)} added`;
}

function nest(input: Plain, chance: Chance): string {
  let deep: unknown = chance.pick(NASTY);
  const depth = chance.whole(2, 400);
  for (let level = 0; level < depth; level += 1) deep = chance.yes() ? [deep] : { nested: deep };
  const place = chance.pick(places(input));
  put(place?.holder ?? input, place?.key ?? 'env', deep);
  return `${depth} levels deep`;
}

/** The shape of one field under the name of another. */
function shuffle(input: Plain, chance: Chance): string {
  // a secret under another name is no secret any more
  const keys = Object.keys(input).filter((key) => !['env', 'password', 'startArgs'].includes(key));
  const [from, to] = [chance.pick(keys), chance.pick(Object.keys(input))];
  if (from === undefined || to === undefined) return 'nothing to shuffle';
  put(input, to, input[from]);
  return `${to} holds what belongs to ${from}`;
}

function flags(input: Plain, chance: Chance): string {
  const args = [
    ['--rm'],
    ['--env-file', '.env'],
    ['--memory'],
    ['--memory=5m'],
    ['-p', '99999:80'],
    ['nginx'],
    [`--evn=A=${SECRET_MARK}`],
    [`-eA=${SECRET_MARK}`, '--nope'],
    ['--label', 'dev.slipway.agent.id=x'],
    ['--network', 'a', '--network', 'a'],
    ['-v', '/a:/b', '-v', '/c:/b'],
    ['\u0000'],
    ['--cpus=1 --privileged'],
    [`--env=A=${SECRET_MARK}${'x'.repeat(33_000)}`],
  ] as const;
  put(input, 'startArgs', chance.pick(args));
  return 'start args';
}

function environment(input: Plain, chance: Chance): string {
  const env = [
    [`TOKEN=${SECRET_MARK}`],
    `TOKEN=${SECRET_MARK}`,
    { 'TOKEN KEY': SECRET_MARK },
    { [`TOKEN=${SECRET_MARK}`]: '' },
    { TOKEN: [SECRET_MARK] },
    { TOKEN: { secret: SECRET_MARK, more: SECRET_MARK } },
    { TOKEN: `${SECRET_MARK}\u0000` },
    { '1A': SECRET_MARK, B: 7 },
  ];
  put(input, 'env', chance.pick(env));
  return 'environment';
}

function recipe(input: Plain, chance: Chance): string {
  const builds = [
    {},
    [],
    'FROM x',
    { dockerfile: '' },
    { dockerfile: 'FROM x', context: '/srv' },
    { dockerfile: 'FROM x', tag: 'a' },
    { dockerfile: 'FROM x', args: { 'A B': SECRET_MARK } },
    { dockerfile: 'FROM x', args: { A: [SECRET_MARK] } },
    { dockerfile: 'FROM x', buildArgs: ['--build-arg', `=${SECRET_MARK}`] },
    { dockerfile: 'FROM x', buildArgs: [`--bild-arg=A=${SECRET_MARK}`] },
    { dockerfile: 'FROM x', buildArgs: ['--secret', 'id=x'] },
    { context: 'relative' },
    { context: '/srv', file: '../Dockerfile' },
    { git: `https://user:${SECRET_MARK}@example.com/a.git` },
    { git: 'file:///etc/passwd' },
    { git: 'https://example.com/a.git#--upload-pack=x' },
  ];
  put(input, 'build', chance.pick(builds));
  return 'recipe';
}

/** Every text of the environment holds the mark. */
function markSecrets(input: Plain): void {
  const { env } = input;
  if (typeof env !== 'object' || env === null || Array.isArray(env)) return;
  for (const [key, value] of Object.entries(env))
    if (typeof value === 'string' && !value.includes(SECRET_MARK))
      put(env as Plain, key, `${value}${SECRET_MARK}`);
}
