import { describe, expect, it } from 'vitest';
import {
  formatDevice,
  formatGpus,
  readDevice,
  readDeviceBps,
  readDeviceIops,
  readDeviceWeight,
  readGpus,
} from './devices.ts';
import { isRefused } from './read.ts';

const device = (PathOnHost: string, PathInContainer = PathOnHost, CgroupPermissions = 'rwm') => ({
  value: { device: { PathOnHost, PathInContainer, CgroupPermissions } },
});

describe('a device', () => {
  it.each([
    ['/dev/fuse', device('/dev/fuse')],
    ['/dev/fuse:r', device('/dev/fuse', '/dev/fuse', 'r')],
    ['/dev/sda:/dev/xvda', device('/dev/sda', '/dev/xvda')],
    ['/dev/sda:/dev/xvda:rw', device('/dev/sda', '/dev/xvda', 'rw')],
    ['vendor.com/class=gpu0', { value: { cdi: 'vendor.com/class=gpu0' } }],
  ])('%s is read', (text, read) => {
    expect(readDevice(text)).toEqual(read);
  });

  it.each(['', 'fuse', '/dev/a:/dev/b:x', '/dev/a:/dev/b:rr', '/dev/a:/b:r:w', ':/b', '/dev/a:b:r'])(
    'is not %j',
    (text) => {
      expect(readDevice(text)).toHaveProperty('rule');
    },
  );

  it.each(['/dev/fuse', '/dev/fuse:r', '/dev/sda:/dev/xvda', '/dev/sda:/dev/xvda:rw'])(
    '%s is written back',
    (text) => {
      const read = readDevice(text);
      expect(!isRefused(read) && 'device' in read.value && formatDevice(read.value.device)).toBe(text);
    },
  );
});

describe('a limit of a block device', () => {
  it('is a rate in bytes, in operations, or a weight', () => {
    expect(readDeviceBps('/dev/sda:10mb')).toEqual({ value: { Path: '/dev/sda', Rate: 10 * 1024 ** 2 } });
    expect(readDeviceIops('/dev/sda:1000')).toEqual({ value: { Path: '/dev/sda', Rate: 1000 } });
    expect(readDeviceWeight('/dev/sda:500')).toEqual({ value: { Path: '/dev/sda', Weight: 500 } });
  });

  it('belongs to something under /dev', () => {
    expect(readDeviceBps('/srv:1m')).toHaveProperty('rule');
    expect(readDeviceIops('/dev/sda:1k')).toHaveProperty('rule');
    expect(readDeviceWeight('/dev/sda:5')).toHaveProperty('rule');
  });
});

describe('a request of GPUs', () => {
  it.each([
    ['all', { Count: -1, Capabilities: [['gpu']] }],
    ['2', { Count: 2, Capabilities: [['gpu']] }],
    ['device=GPU-1', { DeviceIDs: ['GPU-1'], Capabilities: [['gpu']] }],
    ['"device=0,1"', { DeviceIDs: ['0', '1'], Capabilities: [['gpu']] }],
    [
      'driver=nvidia,"capabilities=compute,utility"',
      { Driver: 'nvidia', Count: 1, Capabilities: [['compute', 'utility', 'gpu']] },
    ],
    ['all,"options=a=b,c=d"', { Count: -1, Capabilities: [['gpu']], Options: { a: 'b', c: 'd' } }],
  ])('%s is read and written back', (text, request) => {
    const read = readGpus(text);
    expect(read).toEqual({ value: request });
    if (!isRefused(read)) expect(readGpus(formatGpus(read.value))).toEqual(read);
  });

  it.each(['', 'x', '1.5', 'foo=1', 'all,all', 'device=0,device=1', 'device=0,2', '"device=0'])(
    'is not %j',
    (text) => {
      expect(readGpus(text)).toHaveProperty('rule');
    },
  );
});
