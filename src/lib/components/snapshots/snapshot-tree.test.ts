import { expect, it } from 'vitest';
import type { SnapshotView } from '#lib/protocol/views.ts';
import { filterSnapshots, treeLines } from './snapshot-tree.ts';

let time = 0;
const snapshot = (id: string, agentId: string, parentId: string | null = null): SnapshotView => ({
  id,
  name: id,
  agentId,
  agentName: agentId,
  hostId: 'h',
  image: `slipway/${agentId}:${id}`,
  imageId: `sha256:${id}`,
  size: 1,
  parentId,
  comment: id === 's2' ? 'it worked' : '',
  createdAt: new Date((time += 1_000)).toISOString(),
  createdBy: 'ada',
  origin: 'manual',
  scan: { state: 'none' },
  volumes: [],
});
const agent = (id: string, snapshotId: string | null = null) => ({
  id,
  name: id,
  type: 'shell',
  host: 'local',
  state: 'ready' as const,
  snapshotId,
  createdAt: new Date(0).toISOString(),
});
const drawn = (...args: Parameters<typeof treeLines>) =>
  treeLines(...args).map((line) => '  '.repeat(line.depth) + (line.kind === 'agent' ? line.name : line.key));

it('a line of one agent does not go further in with each snapshot', () => {
  const all = [snapshot('s1', 'a'), snapshot('s2', 'a', 's1'), snapshot('s3', 'a', 's2')];
  expect(drawn(all, [agent('a', 's3')])).toEqual(['a', '  s1', '  s2', '  s3']);
});

it('forks stand below the snapshot that they began from, with theirs', () => {
  const all = [snapshot('s1', 'a'), snapshot('s2', 'a', 's1'), snapshot('f1', 'b', 's1')];
  const lines = drawn(all, [agent('a', 's2'), agent('b', 'f1'), agent('c', 's1')]);
  expect(lines).toEqual(['a', '  s1', '    b', '      f1', '    c', '  s2']);
});

it('a restore makes a branch, and the newest line goes on straight', () => {
  const all = [snapshot('s1', 'a'), snapshot('s2', 'a', 's1'), snapshot('s3', 'a', 's1')];
  expect(drawn(all, [agent('a', 's3')])).toEqual(['a', '  s1', '    s2', '  s3']);
});

it('what came after one that is not there any more begins anew, and the newest line is first', () => {
  const all = [snapshot('s1', 'a', 'gone'), snapshot('z1', 'z')];
  expect(drawn(all, [])).toEqual(['z', '  z1', 'a', '  s1']);
});

it('says where the agent is, and how many began from each', () => {
  const all = [snapshot('s1', 'a'), snapshot('s2', 'a', 's1')];
  const lines = treeLines(all, [agent('a', 's1'), agent('b', 's1')]);
  expect(lines.filter((line) => line.kind === 'snapshot')).toMatchObject([
    { key: 's1', here: true, forks: 1 },
    { key: 's2', here: false, forks: 0 },
  ]);
});

it('a search finds names, agents and comments', () => {
  const all = [snapshot('s1', 'a'), snapshot('s2', 'a', 's1')];
  expect(filterSnapshots(all, ' WORKED ').map(({ id }) => id)).toEqual(['s2']);
  expect(filterSnapshots(all, 'a:s1').map(({ id }) => id)).toEqual(['s1']);
  expect(filterSnapshots(all, '')).toHaveLength(2);
});
