import { expect, it } from 'vitest';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { fromRecord, toRecord } from './segment-format.ts';

const TIME = '2026-03-01T12:00:00.123456789Z';

it.each<[string, LogLine]>([
  ['a line', { seq: 7, time: TIME, stream: 'stdout', text: 'hello  world ' }],
  ['an empty one', { seq: 8, time: TIME, stream: 'stderr', text: '' }],
  ['a cut one with codes', { seq: 9, time: TIME, stream: 'stderr', text: '\u001b[31mé\r', cut: true }],
  ['a gap', { seq: 10, time: TIME, stream: 'stdout', text: '', gap: { from: TIME, to: TIME } }],
])('%s comes back as it was', (_, line) => {
  expect(toRecord(line).indexOf('\n')).toBe(toRecord(line).length - 1);
  expect(fromRecord(toRecord(line).slice(0, -1))).toEqual(line);
});

it.each(['', '12', '12 2026', '12 2026 x text', 'abc 2026-03-01 o text'])('%j is no record', (torn) => {
  expect(fromRecord(torn)).toBeNull();
});
