import { describe, expect, it } from 'vitest';
import { newId, type AgentId, type HostId, type SnapshotId } from '#lib/domain/ids.ts';
import { aDatabase } from '../testing/database.ts';
import { HOST_ID } from '../testing/rows.ts';
import { SnapshotRepository, type SnapshotRow } from './snapshots.ts';

const FOX = newId<AgentId>();

function aSnapshot(but: Partial<SnapshotRow> = {}): SnapshotRow {
  const id = newId<SnapshotId>();
  return {
    id,
    name: 'one',
    agentId: FOX,
    agentName: 'fox',
    hostId: HOST_ID,
    image: `slipway/fox:${id}`,
    imageId: 'sha256:1',
    size: 8_000_000,
    parentId: null,
    comment: '',
    createdBy: 'ada',
    createdAt: 100,
    origin: 'manual',
    scan: { state: 'none' },
    volumes: [],
    spec: null,
    agentType: null,
    ...but,
  };
}

const make = () => new SnapshotRepository(aDatabase().db);

describe('a snapshot', () => {
  it('is found by its id and by its image on its host, until it is deleted', () => {
    const snapshots = make();
    const one = aSnapshot({ image: 'slipway/fox:one' });
    snapshots.insert(one);
    expect(snapshots.byId(one.id)).toEqual(one);
    expect(snapshots.byImage(HOST_ID, 'slipway/fox:one')).toEqual(one);
    expect(snapshots.byImage(newId<HostId>(), 'slipway/fox:one')).toBeUndefined();
    snapshots.delete(one.id);
    expect([snapshots.byId(one.id), snapshots.byImage(HOST_ID, 'slipway/fox:one')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('has an image that no other has on the same host', () => {
    const snapshots = make();
    snapshots.insert(aSnapshot({ image: 'slipway/fox:one' }));
    expect(() => snapshots.insert(aSnapshot({ image: 'slipway/fox:one' }))).toThrow(/UNIQUE/);
    snapshots.insert(aSnapshot({ image: 'slipway/fox:one', hostId: newId<HostId>() }));
  });
});

describe('a list', () => {
  it('has the newest first, of one agent or of all, and no more than asked for', () => {
    const snapshots = make();
    for (const [name, createdAt] of [
      ['a', 1],
      ['c', 3],
      ['b', 2],
    ] as const)
      snapshots.insert(aSnapshot({ name, createdAt }));
    snapshots.insert(aSnapshot({ name: 'owl', createdAt: 9, agentId: newId<AgentId>() }));
    expect(snapshots.ofAgent(FOX).map((each) => each.name)).toEqual(['c', 'b', 'a']);
    expect(snapshots.list(2).map((each) => each.name)).toEqual(['owl', 'c']);
  });
});
