import { describe, expect, it } from 'vitest';
import { parseInput } from '../inputs/parse-input.ts';
import { recipeInput } from '../inputs/build-fields.ts';
import { problemsOf } from '../testing/specs.ts';
import { buildInput, uploadInput, type BuildWish } from './build-input.ts';
import { wishAsInput } from './wish-input.ts';

const read = (input: unknown): BuildWish => parseInput(buildInput, input);
const refused = (input: unknown, schema: typeof buildInput | typeof recipeInput = buildInput) =>
  problemsOf(() => parseInput(schema, input)).map((each) => each.field);
const FILE = { dockerfile: 'FROM x', tag: 'acme/tool' };

describe('what a build is asked for with', () => {
  it('has a name, a source, a host and a time limit', () => {
    expect(read(FILE)).toMatchObject({
      source: { kind: 'dockerfile', text: 'FROM x' },
      tag: 'acme/tool:latest',
      host: 'auto',
      timeout: 600,
      settings: { args: {}, noCache: false, tags: [] },
    });
    expect(read({ context: '/srv/app', tag: 'a', timeout: '2m' })).toMatchObject({
      source: { kind: 'context', path: '/srv/app' },
      timeout: 120,
    });
  });

  it('lays the flags over the fields', () => {
    const wish = read({
      ...FILE,
      args: { A: '1', B: '1' },
      target: 'one',
      noCache: true,
      pull: true,
      buildArgs: ['--build-arg=B=2', '--target=two', '--no-cache=false', '--pull=false', '-t', 'other:1'],
    });
    expect(wish.settings).toMatchObject({
      args: { A: '1', B: '2' },
      target: 'two',
      noCache: false,
      pull: false,
      tags: ['other:1'],
    });
  });

  it('may have its name in the flags', () => {
    expect(read({ dockerfile: 'FROM x', buildArgs: ['-t', 'a', '-t', 'b:2'] })).toMatchObject({
      tag: 'a:latest',
      settings: { tags: ['b:2'] },
    });
  });

  it.each([
    [{ tag: 'a' }, ['dockerfile']],
    [{ ...FILE, git: 'https://example.com/a.git' }, ['git']],
    [{ ...FILE, context: '/srv' }, ['context']],
    [{ context: 'relative', tag: 'a' }, ['context']],
    [{ dockerfile: 'FROM x' }, ['tag']],
    [{ ...FILE, tag: 'NO' }, ['tag']],
    [{ ...FILE, dockerfile: ' \n' }, ['dockerfile']],
    [{ ...FILE, file: 'Other' }, ['file']],
    [{ ...FILE, args: { 'a b': '1' } }, ['args.a b']],
    [{ ...FILE, labels: { 'dev.slipway.x': '1' } }, ['labels.dev.slipway.x']],
    [{ ...FILE, timeout: 0 }, ['timeout']],
    [{ ...FILE, buildArgs: ['--secret', 'x', '--nope'] }, ['buildArgs.0', 'buildArgs.2']],
    [{ ...FILE, extra: 1 }, ['extra']],
    [null, ['body']],
  ])('%j is refused', (input, fields) => {
    expect(refused(input)).toEqual(fields);
  });

  it('takes no source with an upload', () => {
    expect(parseInput(uploadInput, { tag: 'a', timeout: '90' }).source).toEqual({ kind: 'upload' });
    expect(problemsOf(() => parseInput(uploadInput, FILE)).map((each) => each.field)).toEqual(['dockerfile']);
  });

  it.each([
    'https://example.com/acme/tool.git',
    'https://example.com/acme/tool.git#main',
    'http://127.0.0.1:8080/repository.git#v1.2:docker/one',
    'https://example.com/acme/tool.git#:docker',
    'git://example.com/acme/tool',
    'ssh://git@example.com/acme/tool.git#main',
    'git@example.com:acme/tool.git',
  ])('%s is a repository', (git) => {
    expect(read({ git, tag: 'a' }).source).toEqual({ kind: 'git', url: git });
  });

  it.each([
    'https://example.com/acme/tool',
    'https://user:word@example.com/acme/tool.git',
    'https://token@example.com/acme/tool.git',
    'file:///etc/passwd',
    '/srv/repository.git',
    'https://example.com/a.git#--upload-pack=x',
    'https://example.com/a.git#main:../..',
    'https://example.com/a b.git',
    '',
  ])('%s is none', (git) => {
    expect(refused({ git, tag: 'a' })).toEqual(['git']);
  });

  it('gives the same wish again as input', () => {
    for (const input of [
      { ...FILE, args: { A: 'x y' }, labels: { a: 'b' }, target: 'one', noCache: true, timeout: 5 },
      {
        ...FILE,
        buildArgs: ['-t', 'b', '--platform=linux/arm64', '--network=host', '--add-host=a:10.0.0.1'],
      },
      { context: '/srv', file: 'docker/Dockerfile', tag: 'a', pull: true, host: 'local' },
      { git: 'https://example.com/a.git#main', tag: 'a' },
    ]) {
      const wish = read(input);
      expect(read(wishAsInput(wish))).toEqual(wish);
    }
    expect(wishAsInput(parseInput(uploadInput, { tag: 'a' }))).toBeNull();
  });
});

describe('how an agent is built', () => {
  it('folds the flags into the recipe', () => {
    expect(
      parseInput(recipeInput, { dockerfile: 'FROM x', buildArgs: ['--no-cache', '--build-arg=A=1'] }),
    ).toEqual({
      dockerfile: 'FROM x',
      context: null,
      git: null,
      file: null,
      args: { A: '1' },
      target: null,
      noCache: true,
      labels: {},
    });
  });

  it.each([
    [{}, ['body']],
    [{ dockerfile: 'FROM x', context: '/srv' }, ['body']],
    [{ dockerfile: 'FROM x', buildArgs: ['-t', 'a'] }, ['buildArgs']],
    [{ dockerfile: 'FROM x', tag: 'a' }, ['tag']],
  ])('%j is refused', (input, fields) => {
    expect(refused(input, recipeInput)).toEqual(fields);
  });
});
