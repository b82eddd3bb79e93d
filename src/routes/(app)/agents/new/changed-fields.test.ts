import { describe, expect, it } from 'vitest';
import { changedFields } from './changed-fields.ts';

describe('an edit', () => {
  it('sends only what is other than before', () => {
    const before = { name: 'fox', type: 'shell', memory: '1g', cpu: '1', env: 'A=1\nB=2', tags: 'a=b' };
    expect(changedFields(before, before)).toEqual({});
    expect(changedFields(before, { ...before, memory: '3g', env: 'A=1\nB=3\nC=4' })).toEqual({
      resources: { memory: '3g' },
      env: { B: '3', C: '4' },
    });
  });

  it('never sends what is fixed', () => {
    expect(changedFields({ name: 'fox', tags: 'a=b' }, { name: 'hen', tags: '', host: 'x' })).toEqual({});
  });

  it('gives back to the type what was emptied', () => {
    const before = {
      memory: '1g',
      cpu: '2',
      volumes: 'a:/a',
      privileged: 'on',
      restart: 'always',
      runtime: 'runsc',
    };
    expect(changedFields(before, { cpu: '2' })).toEqual({
      resources: { memory: null },
      volumes: null,
      security: null,
      restart: null,
      runtime: null,
    });
  });

  it('takes away single keys of what has keys', () => {
    expect(changedFields({ env: 'A=1\nB=2' }, { env: 'A=1' })).toEqual({ env: { B: null } });
  });
});
