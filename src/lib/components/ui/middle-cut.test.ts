import { describe, expect, it } from 'vitest';
import { splitName } from './middle-cut.ts';

describe('splitName', () => {
  it('leaves a short name whole', () => {
    expect(splitName('ember-fox')).toEqual(['ember-fox', '']);
  });

  it('keeps the end of a long name, where names differ', () => {
    const [head, tail] = splitName('claude-migrate-ledger-07');
    expect(tail).toBe('dger-07');
    expect(head + tail).toBe('claude-migrate-ledger-07');
  });
});
