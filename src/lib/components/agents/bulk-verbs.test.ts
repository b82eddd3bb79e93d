import { describe, expect, it } from 'vitest';
import { inputOf, isBulkVerb, offeredVerbs, splitResults, waitOf } from './bulk-verbs.ts';
import { anAgent } from './testing.ts';

describe('bulk verbs', () => {
  it('offers what at least one of the selected allows', () => {
    expect(offeredVerbs([anAgent({ state: 'stopped' }), anAgent({ state: 'paused' })])).toEqual([
      'stop',
      'start',
      'resume',
      'snapshot',
      'remove',
    ]);
    expect(offeredVerbs([])).toEqual([]);
  });

  it('waits before a stop and a removal, which can be taken back meanwhile', () => {
    expect([waitOf('stop'), waitOf('remove'), waitOf('restart')]).toEqual([4_000, 10_000, 0]);
    expect(inputOf('remove')).toEqual({ force: true });
  });

  it('knows its verbs', () => {
    expect([isBulkVerb('stop'), isBulkVerb('format'), isBulkVerb(null)]).toEqual([true, false, false]);
  });

  it('parts what went well from what did not', () => {
    const one = { id: 'a', name: 'a', ok: true, status: 'ready', error: null } as const;
    const other = { ...one, id: 'b', ok: false };
    expect(splitResults([one, other])).toEqual({ good: [one], bad: [other] });
  });
});
