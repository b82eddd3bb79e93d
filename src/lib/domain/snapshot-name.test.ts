import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGENT_NAME_RULE } from './agent-name.ts';
import { parseImageReference } from './image-reference.ts';
import { SNAPSHOT_NAME_RULE, inventSnapshotName, snapshotRepository } from './snapshot-name.ts';

describe('the name of a snapshot', () => {
  it.each(['a', '0', 'before-upgrade', 'v1.2_rc-3', 'a'.repeat(128)])('may be "%s"', (name) => {
    expect(name).toMatch(SNAPSHOT_NAME_RULE);
  });

  it.each(['', 'A', '-a', '.a', '_a', 'a b', 'a/b', 'a:b', 'ä', 'a\n', 'a'.repeat(129)])(
    'may not be "%s"',
    (name) => {
      expect(name).not.toMatch(SNAPSHOT_NAME_RULE);
    },
  );

  it('is the time in UTC when nobody gave one', () => {
    const name = inventSnapshotName(new Date('2026-03-01T14:22:33.987Z'));
    expect(name).toBe('2026-03-01-142233');
    expect(name).toMatch(SNAPSHOT_NAME_RULE);
  });
});

describe('the repository of an agent', () => {
  it.each([
    ['ada', 'slipway/ada'],
    ['Ada', 'slipway/ada'],
    ['a-b', 'slipway/a-b'],
    ['a_b', 'slipway/a_b'],
    ['a__b', 'slipway/a__b'],
    ['a___b', 'slipway/a__b'],
    ['a--b', 'slipway/a-b'],
    ['a-_b', 'slipway/a-b'],
    ['a_-_b', 'slipway/a-b'],
    ['a_-_-b', 'slipway/a-b'],
  ])('"%s" has %s', (name, repository) => {
    expect(snapshotRepository(name)).toBe(repository);
  });

  it('is one that the engine takes, for every name of an agent and of a snapshot', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(AGENT_NAME_RULE),
        fc.stringMatching(SNAPSHOT_NAME_RULE),
        (agent, snapshot) => {
          const reference = parseImageReference(`${snapshotRepository(agent)}:${snapshot}`);
          expect(reference).toMatchObject({ registry: 'docker.io', tag: snapshot });
        },
      ),
      { numRuns: 500 },
    );
  });
});
