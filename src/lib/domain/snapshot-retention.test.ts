import { expect, it } from 'vitest';
import type { SnapshotId } from './ids.ts';
import { beyondRetention, type SnapshotTies } from './snapshot-retention.ts';

const FREE: SnapshotTies = { agents: 0, children: [{ ofSameAgent: true }] };
const of = (n: number, origin = 'stop') => ({ id: `s${n}` as SnapshotId, origin, createdAt: n });
const goes = (
  snapshots: readonly ReturnType<typeof of>[],
  keep: number | null,
  ties: Readonly<Record<string, SnapshotTies>> = {},
) => beyondRetention(snapshots, keep, ({ id }) => ties[id] ?? FREE).map(({ id }) => id);

it('the newest automatic ones stay, and the oldest goes first', () => {
  expect(goes([of(1), of(4, 'schedule'), of(2, 'remove'), of(3)], 2)).toEqual(['s1', 's2']);
});

it('what a person took or brought is neither counted nor deleted', () => {
  expect(goes([of(1, 'manual'), of(2, 'import'), of(3), of(4)], 1)).toEqual(['s3']);
});

it('without a number all stay', () => {
  expect(goes([of(1), of(2), of(3)], null)).toEqual([]);
});

it('one that agents use stays, whatever its age', () => {
  expect(goes([of(1), of(2), of(3)], 1, { s1: { agents: 1, children: [] } })).toEqual(['s2']);
});

it('one at which the tree branches stays', () => {
  const branch = { agents: 0, children: [{ ofSameAgent: true }, { ofSameAgent: true }] };
  const fork = { agents: 0, children: [{ ofSameAgent: false }] };
  expect(goes([of(1), of(2), of(3), of(4)], 1, { s1: branch, s2: fork })).toEqual(['s3']);
});
