import { describe, expect, it } from 'vitest';
import { commandOf, pairsOf, parseDockerfile, substitute, untilTarget } from './dockerfile.ts';

describe('a Dockerfile for the fake', () => {
  it('has one instruction a line, over continued lines and without comments', () => {
    const text = '# first\nfrom a:1\n\nRUN one && \\\n  # between\n  two\nCMD ["sh"]\n';
    expect(parseDockerfile(text)).toEqual([
      { name: 'FROM', rest: 'a:1' },
      { name: 'RUN', rest: 'one && two' },
      { name: 'CMD', rest: '["sh"]' },
    ]);
  });

  it('is refused with the line that is none, and when it is empty', () => {
    expect(() => parseDockerfile('FROM a:1\nFOO x')).toThrow('line 2: unknown instruction: FOO');
    expect(() => parseDockerfile('# nothing')).toThrow('cannot be empty');
  });

  it('ends after the stage that is asked for', () => {
    const all = parseDockerfile('FROM a AS one\nRUN x\nFROM b AS two\nRUN y');
    expect(untilTarget(all, 'ONE')).toHaveLength(2);
    expect(untilTarget(all, undefined)).toHaveLength(4);
    expect(() => untilTarget(all, 'three')).toThrow('failed to reach build target three');
  });
});

it('variables are put in, and what is not known is empty', () => {
  expect(substitute('$A-${B}-$C', { A: 'x', B: 'y' })).toBe('x-y-');
});

it('pairs may be quoted, or one that is written with a space', () => {
  expect(pairsOf(`A=1 B="two words" C='x'`)).toEqual([
    ['A', '1'],
    ['B', 'two words'],
    ['C', 'x'],
  ]);
  expect(pairsOf('A one value')).toEqual([['A', 'one value']]);
});

it('a command is a list, or words for a shell', () => {
  expect(commandOf('["echo", "x"]')).toEqual(['echo', 'x']);
  expect(commandOf('echo x')).toEqual(['/bin/sh', '-c', 'echo x']);
});
