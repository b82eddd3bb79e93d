import { describe, expect, it } from 'vitest';
import { parseInput, spawnInput } from '#lib/domain/inputs.ts';
import { curlCommand, pairProblems, ruleFor, spawnBody } from './spawn-form.ts';

describe('the form as the input of the API', () => {
  it('leaves out what is empty, and what is standard anyway', () => {
    expect(
      spawnBody({
        type: 'shell',
        name: '',
        host: 'auto',
        image: ' ',
        memory: '',
        env: '\n',
        pull: 'missing',
        profile: 'standard',
      }),
    ).toEqual({ type: 'shell' });
  });

  it('takes every field, without the spaces around it', () => {
    const body = spawnBody({
      type: 'custom',
      name: ' fox ',
      host: 'local',
      image: 'busybox:1',
      memory: '1g',
      cpu: '0.5',
      command: 'sh\n-c\necho a  b\n',
      env: 'LANG=C\nEMPTY=\nPAIR=a=b\n',
      tags: 'team=blue\r\nnote=two words',
      role: 'builder',
      profile: 'hardened',
      pull: 'always',
      tty: 'on',
      shown: 'yes',
    });
    expect(body).toEqual({
      name: 'fox',
      type: 'custom',
      host: 'local',
      image: 'busybox:1',
      pull: 'always',
      command: ['sh', '-c', 'echo a  b'],
      resources: { memory: '1g', cpu: '0.5' },
      env: { LANG: 'C', EMPTY: '', PAIR: 'a=b' },
      tags: { team: 'blue', note: 'two words' },
      role: 'builder',
      security: { profile: 'hardened' },
    });
    expect(() => parseInput(spawnInput, body)).not.toThrow();
  });

  it('keeps spaces that an argument begins with', () => {
    expect(spawnBody({ command: 'echo\n  indented' })['command']).toEqual(['echo', '  indented']);
  });

  it('has no terminal only where the box was there and was not ticked', () => {
    expect(spawnBody({ shown: 'yes' })['tty']).toBe(false);
    expect(spawnBody({ shown: 'yes', tty: 'on' })).not.toHaveProperty('tty');
    expect(spawnBody({})).not.toHaveProperty('tty');
  });

  it('may set one limit alone', () => {
    expect(spawnBody({ cpu: '2' })['resources']).toEqual({ cpu: '2' });
  });

  it('takes the last of two values for one name', () => {
    expect(spawnBody({ env: 'A=1\nA=2' })['env']).toEqual({ A: '2' });
  });

  it('takes names such as __proto__ for what they are', () => {
    const env = spawnBody({ env: '__proto__=x' })['env'];
    expect(Object.keys(env ?? {})).toEqual(['__proto__']);
  });
});

describe('lines that are no pair', () => {
  it('are told with the field, the line and the rule', () => {
    expect(pairProblems({ env: 'GOOD=1\nbad line\n=x\n', tags: 'blue' })).toEqual([
      { field: 'env', value: 'bad line', rule: '"bad line" must be written as KEY=value' },
      { field: 'env', value: '=x', rule: '"=x" must be written as KEY=value' },
      { field: 'tags', value: 'blue', rule: '"blue" must be written as KEY=value' },
    ]);
  });

  it('are none in a form that is right or empty', () => {
    expect(pairProblems({ env: 'A=\n\n', tags: '' })).toEqual([]);
    expect(pairProblems({})).toEqual([]);
  });
});

describe('the rule beside a field', () => {
  const problems = [
    { field: 'resources.memory', value: '1', rule: 'too little' },
    { field: 'security.profile', value: 'x', rule: 'unknown' },
    { field: 'env.1A', value: null, rule: 'no digit first' },
    { field: 'name', value: '-', rule: 'no dash first' },
  ];

  it.each([
    ['memory', 'too little'],
    ['cpu', null],
    ['profile', 'unknown'],
    ['env', 'no digit first'],
    ['name', 'no dash first'],
    ['tags', null],
  ])('%s: %j', (field, rule) => {
    expect(ruleFor(problems, field)).toBe(rule);
  });
});

it('the curl command survives quotes in values', () => {
  const text = curlCommand('http://127.0.0.1:3200', { type: 'shell', command: ['echo', "it's", '"x"'] });
  expect(text).toBe(
    [
      'curl -X POST http://127.0.0.1:3200/agents \\',
      "  -H 'Content-Type: application/json' \\",
      '  -H "Authorization: Bearer $SLIPWAY_TOKEN" \\',
      String.raw`  -d '{"type":"shell","command":["echo","it'\''s","\"x\""]}'`,
    ].join('\n'),
  );
});
