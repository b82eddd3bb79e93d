import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGENT_NAME_RULE, containerName, inventAgentName } from './agent-name.ts';

describe('the name of an agent', () => {
  it.each(['a', 'A', '7', 'ab', 'my-agent', 'my_agent', 'a--b', 'A1', '0x', 'a'.repeat(63)])(
    'may be "%s"',
    (name) => {
      expect(name).toMatch(AGENT_NAME_RULE);
    },
  );

  it.each(['', '-a', 'a-', '_a', 'a_', 'a b', 'a.b', 'a/b', 'ä', 'a\n', '../a', '$(a)', 'a'.repeat(64)])(
    'may not be "%s"',
    (name) => {
      expect(name).not.toMatch(AGENT_NAME_RULE);
    },
  );

  it('is the name of its container, which must have two characters', () => {
    expect(containerName('ada')).toBe('ada');
    expect(containerName('a')).toBe('agent-a');
  });
});

describe('an invented name', () => {
  it('is the type and two words', () => {
    expect(inventAgentName('claude', () => 0)).toBe('claude-amber-anchor');
    expect(inventAgentName('claude', () => 0.999_999)).toBe('claude-wild-wren');
  });

  it('is always a valid one, however long the type is', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9]{0,80}$/), random, random, (type, ...numbers) => {
        const name = inventAgentName(type, () => numbers.pop() ?? 0);
        expect(name).toMatch(AGENT_NAME_RULE);
        expect(
          name
            .split('-')
            .slice(-2)
            .every((word) => /^[a-z]+$/.test(word)),
        ).toBe(true);
      }),
    );
  });

  it('has 3,600 pairs of words, all different', () => {
    const names = new Set<string>();
    for (let first = 0; first < 60; first += 1) {
      for (let second = 0; second < 60; second += 1) {
        const numbers = [(first + 0.5) / 60, (second + 0.5) / 60];
        names.add(inventAgentName('shell', () => numbers.shift() ?? 0));
      }
    }
    expect(names.size).toBe(3600);
  });
});
