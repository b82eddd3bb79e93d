import { describe, expect, it } from 'vitest';
import { mountsOf } from './container-mounts.ts';

describe('the mounts of a container', () => {
  it('are those that the engine lists, and those in memory that it does not', () => {
    const raw = {
      Mounts: [
        { Type: 'volume', Name: 'data', Source: '/var/lib/docker/volumes/data/_data', Destination: '/data' },
        { Type: 'bind', Source: '/srv', Destination: '/host' },
      ],
      HostConfig: { Tmpfs: { '/scratch': 'size=1m' } },
    };
    expect(mountsOf({ raw })).toEqual([
      { type: 'volume', source: 'data', target: '/data' },
      { type: 'bind', source: '/srv', target: '/host' },
      { type: 'tmpfs', source: '', target: '/scratch' },
    ]);
  });

  it('are none where the engine says nothing of them', () => {
    expect(mountsOf({ raw: {} })).toEqual([]);
  });
});
