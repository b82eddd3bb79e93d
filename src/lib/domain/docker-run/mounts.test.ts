import { describe, expect, it } from 'vitest';
import { formatMount, readMount } from './mounts.ts';
import { isRefused } from './read.ts';

describe('--mount', () => {
  it.each([
    ['type=bind,source=/a,target=/b', { Type: 'bind', Source: '/a', Target: '/b' }],
    ['type=bind,src=/a,dst=/b,ro', { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true }],
    ['source=vol,destination=/b', { Type: 'volume', Source: 'vol', Target: '/b' }],
    ['target=/anonymous', { Type: 'volume', Target: '/anonymous' }],
    [
      'TYPE=BIND,source=/a,target=/b,bind-propagation=RSLAVE',
      { Type: 'bind', Source: '/a', Target: '/b', BindOptions: { Propagation: 'rslave' } },
    ],
    [
      'type=bind,source=/a,target=/b,bind-recursive=disabled',
      { Type: 'bind', Source: '/a', Target: '/b', BindOptions: { NonRecursive: true } },
    ],
    [
      'type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1770',
      { Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 1_048_576, Mode: 0o1770 } },
    ],
    [
      'source=v,target=/v,volume-nocopy,volume-label=a=b,volume-label=c,volume-driver=local,volume-opt=type=nfs,"volume-opt=o=addr=10.0.0.1,rw"',
      {
        Type: 'volume',
        Source: 'v',
        Target: '/v',
        VolumeOptions: {
          NoCopy: true,
          Labels: { a: 'b', c: '' },
          DriverConfig: { Name: 'local', Options: { type: 'nfs', o: 'addr=10.0.0.1,rw' } },
        },
      },
    ],
    [
      'type=image,source=busybox,target=/i,image-subpath=bin',
      { Type: 'image', Source: 'busybox', Target: '/i', ImageOptions: { Subpath: 'bin' } },
    ],
  ])('%s is read and written back', (text, mount) => {
    const read = readMount(text);
    expect(read).toEqual({ value: mount });
    if (!isRefused(read)) expect(readMount(formatMount(read.value))).toEqual(read);
  });

  it.each([
    ['', 'must be one line of fields with commas between'],
    ['type=bind,source=/a', 'must have a target'],
    ['type=bind,source=a,target=/b', 'must have an absolute path on the host as its source'],
    ['type=bind,source=~/a,target=/b', 'must have an absolute path on the host as its source'],
    ['type=bind,source=/a,target=b', 'must mount to an absolute path in the container'],
    ['type=bogus,target=/b', 'has a wrong "type", which must be one of bind, volume, tmpfs, image'],
    ['type=tmpfs,source=/a,target=/b', 'must not have a source with the mount type tmpfs'],
    ['type=bind,source=/a,target=/b,volume-nocopy', 'must not mix volume-* options with the mount type bind'],
    ['type=bind,source=/a,target=/b,readonly=maybe', 'has a wrong "readonly", which must be true or false'],
    ['type=bind,source=/a,target=/b,consistency', 'must have consistency=value'],
    [
      'type=tmpfs,target=/t,tmpfs-mode=9',
      'has a wrong "tmpfs-mode", which must be an octal mode such as 1770',
    ],
    [
      'type=bind,source=/a,target=/b,bind-recursive=readonly',
      'must be readonly and have bind-propagation=rprivate with bind-recursive=readonly',
    ],
  ])('%j is refused', (text, rule) => {
    expect(readMount(text)).toEqual({ rule });
  });

  it.each(['constructor=x,target=/b', '__proto__=x,target=/b', 'foo=bar'])('%s names no field', (text) => {
    expect(readMount(text)).toMatchObject({
      rule: expect.stringMatching(/^must not have the field/) as string,
    });
  });
});
