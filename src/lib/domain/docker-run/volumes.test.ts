import { describe, expect, it } from 'vitest';
import { bindTarget, readTmpfs, readVolume, readVolumeFlag, volumeInBody } from './volumes.ts';

describe('a volume of the spec', () => {
  it.each([
    ['/srv/data:/data', { type: 'bind', source: '/srv/data', target: '/data', modes: [] }],
    ['cache:/var/cache', { type: 'volume', source: 'cache', target: '/var/cache', modes: [] }],
    ['/a:/b:ro', { type: 'bind', source: '/a', target: '/b', modes: ['ro'] }],
    ['/a:/b:rw,z', { type: 'bind', source: '/a', target: '/b', modes: ['rw', 'z'] }],
    ['my.vol-1_x:/b:Z', { type: 'volume', source: 'my.vol-1_x', target: '/b', modes: ['Z'] }],
  ])('%s is read', (text, volume) => {
    expect(readVolume(text)).toEqual({ value: volume });
  });

  it.each([
    ['', 'must be source:target[:mode]'],
    ['/a', 'must be source:target[:mode]'],
    [':/b', 'must be source:target[:mode]'],
    ['./a:/b', 'must not use a relative path: write the absolute path on the host'],
    ['../a:/b', 'must not use a relative path: write the absolute path on the host'],
    ['a/b:/c', 'must not use a relative path: write the absolute path on the host'],
    ['~/a:/b', 'must not use "~": write the absolute path on the host'],
    ['/a:b', 'must mount to an absolute path in the container'],
    ['/a:', 'must mount to an absolute path in the container'],
    ['/a:/', 'must not mount over the root of the container'],
    ['/a:/b/..', 'must not mount over the root of the container'],
    ['/a:/b:xx', 'must have a mode of rw, ro, z, Z; "xx" is none'],
    ['/a:/b:', 'must have a mode of rw, ro, z, Z; "" is none'],
    ['/a:/b:ro,rw', 'must have one access mode, not several'],
    ['/a:/b:z,Z', 'must have one label mode, not several'],
    ['/a:/b:nocopy', 'must have a mode of rw, ro, z, Z; "nocopy" is none'],
    ['/a:/b:toString', 'must have a mode of rw, ro, z, Z; "toString" is none'],
    ['/a:/b:ro:x', 'must be source:target[:mode], at most three fields'],
    [
      'x:/b',
      'must name a volume with letters, digits, "_", "." and "-", at least two of them, first a letter or digit',
    ],
    [
      'my vol:/b',
      'must name a volume with letters, digits, "_", "." and "-", at least two of them, first a letter or digit',
    ],
  ])('%j is refused', (text, rule) => {
    expect(readVolume(text)).toEqual({ rule });
  });

  it('becomes a mount, which an engine refuses when the path is not there', () => {
    expect(volumeInBody({ type: 'bind', source: '/a', target: '/b', modes: ['ro'] })).toEqual({
      mount: { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true },
    });
  });

  it('becomes a bind for a label of SELinux, which mounts do not know', () => {
    expect(volumeInBody({ type: 'bind', source: '/a', target: '/b', modes: ['ro', 'Z'] })).toEqual({
      bind: '/a:/b:ro,Z',
    });
  });
});

describe('--volume', () => {
  it('takes what the engine takes', () => {
    expect(readVolumeFlag('/anonymous')).toEqual({ value: { anonymous: '/anonymous' } });
    expect(readVolumeFlag('/a:/b:ro,rslave,delegated')).toMatchObject({
      value: { bind: '/a:/b:ro,rslave,delegated' },
    });
    expect(readVolumeFlag('vol:/b:nocopy')).toMatchObject({ value: { bind: 'vol:/b:nocopy' } });
  });

  it.each(['', 'relative', '/', 'vol:/b:rslave', '/a:/b:nocopy', '/a:/b:bogus'])('is not %j', (text) => {
    expect(readVolumeFlag(text)).toHaveProperty('rule');
  });

  it('mounts to one target, however it is written', () => {
    expect(bindTarget('/a:/b//c/./d/../e/:ro')).toBe('/b/c/e');
  });
});

describe('--tmpfs', () => {
  it.each([
    ['/run', ['/run', '']],
    ['/tmp:rw,nosuid,size=64m,mode=1777', ['/tmp', 'rw,nosuid,size=64m,mode=1777']],
  ])('%s is read', (text, parts) => {
    expect(readTmpfs(text)).toEqual({ value: parts });
  });

  it.each(['', 'tmp', '/', '/tmp:bogus', '/tmp:size', '/tmp:size=', '/tmp:foo=1'])('is not %j', (text) => {
    expect(readTmpfs(text)).toHaveProperty('rule');
  });
});
