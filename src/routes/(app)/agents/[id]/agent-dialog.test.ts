import { describe, expect, it } from 'vitest';
import { dialogOf, problemOf, readAnswer, restOf, ruleOf } from './agent-dialog.ts';

const problem = {
  code: 'VALIDATION',
  message: 'resources.memory: must be more',
  hint: '',
  details: { fields: [{ field: 'resources.memory', value: '1k', rule: 'must be more' }] },
} as const;

describe('the dialog of the address', () => {
  it('is open as the address says, and closed when it was done', () => {
    const query = new URLSearchParams('do=rename');
    expect(dialogOf(query, {})).toBe('rename');
    expect(dialogOf(query, { error: problem, action: 'rename' })).toBe('rename');
    expect(dialogOf(query, { done: 'rename' })).toBeNull();
    expect(dialogOf(new URLSearchParams('do=dance'), {})).toBeNull();
  });

  it('shows the problem of its own form only', () => {
    expect(problemOf({ error: problem, action: 'update' }, 'update')).toBe(problem);
    expect(problemOf({ error: problem, action: 'stop' }, 'update')).toBeNull();
    expect(problemOf(readAnswer(null), 'update')).toBeNull();
  });

  it('puts what is wrong at its field, and says the rest in words', () => {
    expect(ruleOf(problem, 'resources.memory')).toBe('must be more');
    expect(ruleOf(problem, 'ttl')).toBeNull();
    expect(restOf(problem, ['resources.memory'])).toBeNull();
    expect(restOf(problem, ['ttl'])).toBe(problem);
    expect(restOf({ code: 'CONFLICT', message: '', hint: '' }, ['ttl'])).not.toBeNull();
  });
});
