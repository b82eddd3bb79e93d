import { describe, expect, it } from 'vitest';
import {
  formatCpus,
  formatDuration,
  readCpus,
  readDecimal,
  readDuration,
  readHealthDuration,
  readInteger,
  readMemory,
  readSize,
  readSwap,
} from './amounts.ts';

describe('a size', () => {
  it.each([
    ['0', 0],
    ['1024', 1024],
    ['512m', 512 * 1024 ** 2],
    ['1.5G', 1.5 * 1024 ** 3],
    ['64k', 65_536],
    ['1 gb', 1024 ** 3],
    ['1GiB', 1024 ** 3],
    ['10b', 10],
    ['.5k', 512],
    ['1.k', 1024],
    ['1.5e3m', 1500 * 1024 ** 2],
    ['+64m', 64 * 1024 ** 2],
    ['0.0001k', 0],
    ['1t', 1024 ** 4],
  ])('is read from %s', (text, bytes) => {
    expect(readSize(text)).toEqual({ value: bytes });
  });

  it.each(['', 'x', '-1', '1gx', '1ib', '2Gi', 'm', '1  g', '1..5', '9000000t', 'NaN', 'Infinity', '0x10'])(
    'is not %j',
    (text) => {
      expect(readSize(text)).toHaveProperty('rule');
    },
  );

  it('of memory is nothing or at least what an engine takes', () => {
    expect(readMemory('0')).toEqual({ value: 0 });
    expect(readMemory('6m')).toEqual({ value: 6 * 1024 ** 2 });
    expect(readMemory('5m')).toEqual({ rule: 'must be at least 6m; 0 takes the limit away' });
  });

  it('of swap may be unlimited', () => {
    expect(readSwap('-1')).toEqual({ value: -1 });
    expect(readSwap('-2')).toHaveProperty('rule');
  });
});

describe('a number of cores', () => {
  it.each([
    ['0.5', 500_000_000],
    ['.25', 250_000_000],
    ['2', 2_000_000_000],
    ['2.', 2_000_000_000],
    ['3/2', 1_500_000_000],
    ['1e-1', 100_000_000],
    ['0.333333333', 333_333_333],
    ['0', 0],
    ['0.01', 10_000_000],
  ])('is read exactly from %s', (text, nanos) => {
    expect(readCpus(text)).toEqual({ value: nanos });
  });

  it.each(['', '.', 'e1', '-1', 'x', '1/0', '1/3', '0.0000000001', '0.001', '1'.repeat(50), '1e99'])(
    'is not %j',
    (text) => {
      expect(readCpus(text)).toHaveProperty('rule');
    },
  );

  it.each([500_000_000, 1_500_000_000, 10_000_000, 333_333_333, 64_000_000_000])(
    'is written so that it reads back: %d',
    (nanos) => {
      expect(readCpus(formatCpus(nanos))).toEqual({ value: nanos });
    },
  );
});

describe('a whole number', () => {
  it.each([
    ['10', 10],
    ['-5', -5],
    ['+5', 5],
    ['-0', 0],
    ['0x1F', 31],
    ['0b101', 5],
    ['0o17', 15],
    ['017', 15],
    ['1_000', 1000],
    ['0', 0],
  ])('is read from %s as Go reads it', (text, number) => {
    expect(readInteger()(text)).toEqual({ value: number });
  });

  it.each(['', '1.5', 'x', '08', '0xg', '1__0', '_1', '1_', '0x', '9007199254740993', '1e3'])(
    'is not %j',
    (text) => {
      expect(readInteger()(text)).toHaveProperty('rule');
    },
  );

  it('says its limits when it is outside of them', () => {
    expect(readInteger(-1, 100)('101')).toEqual({ rule: 'must be a whole number from -1 to 100' });
    expect(readInteger(0)('-1')).toEqual({ rule: 'must be a whole number from 0' });
  });

  it('in decimals knows no other notation', () => {
    expect(readDecimal(0, 10)('0x1')).toHaveProperty('rule');
    expect(readDecimal(0, 10)('07')).toEqual({ value: 7 });
  });
});

describe('a duration', () => {
  it.each([
    ['30s', 30e9],
    ['1m30s', 90e9],
    ['1.5h', 5400e9],
    ['500ms', 5e8],
    ['0', 0],
    ['+5s', 5e9],
    ['1h1m1.5s1us1µs1ns', 3_661_500_002_001],
  ])('is read from %s in nanoseconds', (text, nanos) => {
    expect(readDuration(text)).toEqual({ value: nanos });
  });

  it.each(['', '5', '-5s', 'x', '1x', 's', '1 s', '3000h'])('is not %j', (text) => {
    expect(readDuration(text)).toHaveProperty('rule');
  });

  it('of a health check is nothing or at least a millisecond', () => {
    expect(readHealthDuration('500us')).toEqual({ rule: 'must be at least 1ms' });
    expect(readHealthDuration('0')).toEqual({ value: 0 });
  });

  it.each([30e9, 90e9, 3.6e12, 5e8, 1500e6, 1000, 1])('is written so that it reads back: %d', (nanos) => {
    expect(readDuration(formatDuration(nanos))).toEqual({ value: nanos });
  });
});
