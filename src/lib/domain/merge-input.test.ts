import { expect, it } from 'vitest';
import { mergeInput } from './merge-input.ts';

it('a later field wins, a list replaces the one before', () => {
  expect(mergeInput({ user: 'a', ports: ['1:1'], workdir: '/w' }, { user: 'b', ports: [] })).toEqual({
    user: 'b',
    ports: [],
    workdir: '/w',
  });
});

it('maps and groups merge by key', () => {
  const kept = { env: { A: '1', B: '2' }, resources: { memory: '1g', gpus: 'all' } };
  expect(mergeInput(kept, { env: { B: '3' }, resources: { memory: '2g' } })).toEqual({
    env: { A: '1', B: '3' },
    resources: { memory: '2g', gpus: 'all' },
  });
});

it('null takes away a field, or one key of a map', () => {
  const kept = { user: 'a', env: { A: '1', B: '2' }, resources: { gpus: 'all', memory: '1g' } };
  expect(mergeInput(kept, { user: null, env: { A: null }, resources: { gpus: null } })).toEqual({
    env: { B: '2' },
    resources: { memory: '1g' },
  });
  expect(mergeInput(kept, { env: null })).not.toHaveProperty('env');
});

it('a map as a list replaces the map: its schema knows both forms', () => {
  expect(mergeInput({ tmpfs: { '/tmp': '' } }, { tmpfs: ['/run'] })).toEqual({ tmpfs: ['/run'] });
});

it('changes nothing of what it was given', () => {
  const kept = { env: { A: '1' } };
  mergeInput(kept, { env: { B: '2' } });
  expect(kept).toEqual({ env: { A: '1' } });
});
