import { describe, expect, it } from 'vitest';
import type { FieldProblem } from '#lib/domain/errors.ts';
import { placeProblem, placeProblems, textProblems } from './field-problems.ts';

const problem = (field: string, rule = 'wrong'): FieldProblem => ({ field, value: null, rule });

describe('what the schema cannot see', () => {
  it('lines that are no pair, by their number and without a secret', () => {
    expect(textProblems({ env: 'GOOD=1\n\nbad line\n=x', tags: 'blue' })).toEqual([
      { field: 'env', value: null, rule: 'line 3: must be written as KEY=value' },
      { field: 'env', value: null, rule: 'line 4: must be written as KEY=value' },
      { field: 'tags', value: 'blue', rule: 'line 1: must be written as KEY=value' },
    ]);
  });

  it('a quote that is never closed in the start args', () => {
    expect(textProblems({ startArgs: "--init\n--label 'a" })).toMatchObject([
      { field: 'startArgs', rule: 'line 2: the single quote is not closed' },
    ]);
  });

  it('ports and numbers that are none, of the chosen probe alone', () => {
    expect(
      textProblems({ readiness: 'tcp', readyPort: 'http', readyStatus: 'x', logFiles: 'many' }),
    ).toMatchObject([{ field: 'readyPort' }, { field: 'logFiles' }]);
    expect(textProblems({ readyPort: 'http' })).toEqual([]);
  });

  it('nothing is wrong with a form that is right or empty', () => {
    expect(textProblems({ env: 'A=\n\n', tags: '', startArgs: '--init' })).toEqual([]);
    expect(textProblems({})).toEqual([]);
  });
});

describe('the field of a problem', () => {
  it.each([
    ['resources.memory', 'memory'],
    ['security.profile', 'profile'],
    ['readiness.http.port', 'readyPort'],
    ['readiness', 'readiness'],
    ['idle', 'idle'],
    ['idle.timeout', 'idleTimeout'],
    ['name', 'name'],
  ] as const)('%s is %s', (path, field) => {
    expect(placeProblems([problem(path)], {}).at).toEqual({ [field]: 'wrong' });
  });

  it.each([
    ['volumes.1', 'volumes', 'a:/a\n\nb:b', 3],
    ['env.1A', 'env', 'A=1\n1A=2', 2],
    ['env.TOKEN', 'secrets', 'A=B\nTOKEN=NONE', 2],
    ['tmpfs./run', 'tmpfs', '/tmp\n/run:x', 2],
    ['startArgs[2]', 'startArgs', '--cpus 2\n--foo', 2],
    ['sharedVolumes.0.name', 'sharedVolumes', '\nA:/x', 2],
  ] as const)('%s says its line', (path, field, text, line) => {
    expect(placeProblems([problem(path)], { [field]: text }).at).toEqual({ [field]: `line ${line}: wrong` });
  });

  it('several problems of one field stand together', () => {
    const { at } = placeProblems([problem('ports.0', 'is bad'), problem('ports.1', 'is worse')], {
      ports: 'a\nb',
    });
    expect(at.ports).toBe('line 1: is bad; line 2: is worse');
  });

  it('what no field has is told all the same', () => {
    expect(placeProblems([problem('build.target')], {})).toEqual({
      at: {},
      elsewhere: ['build.target wrong'],
    });
  });

  it('an error that names no field stands at the one that it is about', () => {
    const taken = { code: 'NAME_TAKEN', message: 'fox is taken', hint: '' } as const;
    expect(placeProblem(taken, {}).at).toEqual({ name: 'fox is taken' });
  });
});
