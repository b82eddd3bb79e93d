import { describe, expect, it } from 'vitest';
import type { ImageView } from '#lib/protocol/images.ts';
import { filterImages, imageHref, imageTitle, otherUses } from './image-words.ts';

const image = (but: Partial<ImageView> = {}): ImageView => ({
  id: `sha256:${'ab'.repeat(32)}`,
  host: 'local',
  hostId: 'h1',
  tags: ['nginx:latest'],
  digests: [],
  size: 1,
  sharedSize: null,
  createdAt: '2026-03-01T12:00:00Z',
  agents: [],
  containers: [],
  types: [],
  snapshot: null,
  ...but,
});

describe('an image in words', () => {
  it('is called by its first name, else by the beginning of its id', () => {
    expect(imageTitle(image())).toBe('nginx:latest');
    expect(imageTitle(image({ tags: [] }))).toBe('abababababab');
  });

  it('has a page of its own on its host', () => {
    expect(imageHref(image({ host: 'far away' }))).toBe(`/images/${'ab'.repeat(32)}?host=far%20away`);
  });

  it('says what it is for beside its agents', () => {
    expect(otherUses(image())).toEqual([]);
    const snapshot = { id: 's', name: 'one', agent: { id: 'a', name: 'fox' } };
    expect(otherUses(image({ types: ['shell'], snapshot, containers: ['x'] }))).toEqual([
      'type shell',
      'snapshot of fox',
      '1 other container',
    ]);
  });
});

it('a search looks at names, id, host and agents', () => {
  const all = [image(), image({ tags: [], host: 'far', agents: [{ id: 'a', name: 'Fox' }] })];
  expect(filterImages(all, '')).toHaveLength(2);
  expect(filterImages(all, ' NGINX ')).toEqual([all[0]]);
  expect(filterImages(all, 'fox')).toEqual([all[1]]);
  expect(filterImages(all, 'far')).toEqual([all[1]]);
  expect(filterImages(all, 'abab')).toHaveLength(2);
  expect(filterImages(all, 'nothing')).toEqual([]);
});
