import { expect, it } from 'vitest';
import { marksOf, type Happened } from './time-marks.ts';

const HAPPENED: Happened = {
  lives: [
    { startedAt: 5_000, endedAt: null, reason: null },
    { startedAt: 3_000, endedAt: 4_000, reason: 'crash 3' },
    { startedAt: 1_000, endedAt: 2_000, reason: 'operator ada' },
  ],
  snapshots: [{ createdAt: 3_500, createdBy: 'ada', name: 'first' }],
  inside: [
    {
      kind: 'inside',
      act: 'terminal',
      agentId: 'a',
      by: 'bob',
      door: 'page',
      what: 'Opened a terminal',
      seq: 1,
      at: new Date(4_500).toISOString(),
    },
  ],
};
const told = (from: number, to: number) =>
  marksOf(HAPPENED, from, to).map(({ at, kind, detail, by }) => [Date.parse(at), kind, detail, by]);

it('what happened is told in its order, with why and by whom', () => {
  expect(told(0, 10_000)).toEqual([
    [1_000, 'start', null, null],
    [2_000, 'stop', 'operator ada', null],
    [3_000, 'start', null, null],
    [3_500, 'snapshot', 'first', 'ada'],
    [4_000, 'crash', 'crash 3', null],
    [4_500, 'inside', 'Opened a terminal', 'bob'],
    [5_000, 'start', null, null],
  ]);
});

it('only what is between the two times is told', () => {
  expect(told(2_000, 4_000).map(([at]) => at)).toEqual([2_000, 3_000, 3_500]);
});

it('an end without an error is no crash, and one for want of memory is', () => {
  const lives = [
    { startedAt: 3, endedAt: 4, reason: 'oom' },
    { startedAt: 1, endedAt: 2, reason: 'exit 0' },
  ];
  const kinds = marksOf({ lives, snapshots: [], inside: [] }, 0, 10).map(({ kind }) => kind);
  expect(kinds).toEqual(['start', 'stop', 'start', 'crash']);
});
