import { describe, expect, it } from 'vitest';
import type { OperationView } from '#lib/protocol/views.ts';
import { activityHref, editHref, filterOperations, readOperationFilter } from './operation-filter.ts';

const operation = (but: Partial<OperationView>): OperationView => ({
  id: 'o',
  kind: 'stop',
  state: 'succeeded',
  agentId: 'a1',
  agentName: 'fox',
  host: 'local',
  actor: 'operator ada',
  steps: [],
  error: null,
  startedAt: '2026-11-21T09:00:00Z',
  endedAt: null,
  cancellable: false,
  retryable: false,
  ...but,
});

describe('the filters of operations', () => {
  it('are read from the address, and what is not known is no filter', () => {
    expect(readOperationFilter(new URLSearchParams('state=failed&kind=dance'))).toEqual({
      state: 'failed',
      kind: '',
    });
    expect(activityHref({ state: 'failed', kind: '' })).toBe('/activity?state=failed');
    expect(activityHref({ state: '', kind: '' })).toBe('/activity');
  });

  it('leave what fits, newest first', () => {
    const all = [
      operation({ id: 'old', state: 'failed' }),
      operation({ id: 'other' }),
      operation({ id: 'new', state: 'failed', startedAt: '2026-11-21T10:00:00Z' }),
    ];
    expect(filterOperations(all, { state: 'failed', kind: '' }).map((each) => each.id)).toEqual([
      'new',
      'old',
    ]);
    expect(filterOperations(all, { state: '', kind: 'spawn' })).toEqual([]);
  });
});

describe('editHref', () => {
  it('leads to the form for what was made with one and can be tried again', () => {
    expect(editHref(operation({ kind: 'spawn', retryable: true }))).toBe('/agents/new?edit=a1');
    expect(editHref(operation({ kind: 'spawn' }))).toBeNull();
    expect(editHref(operation({ kind: 'stop', retryable: true }))).toBeNull();
  });
});
