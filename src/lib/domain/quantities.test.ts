import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dockerBytes,
  formatBytes,
  formatSeconds,
  parseBytes,
  parseCores,
  parseSeconds,
} from './quantities.ts';

const [K, M, G] = [1024, 1024 ** 2, 1024 ** 3];

describe('parseBytes', () => {
  it.each<[string, number]>([
    ['0', 0],
    ['1024', 1024],
    ['512b', 512],
    ['512B', 512],
    ['1k', K],
    ['1K', K],
    ['1kb', K],
    ['1KiB', K],
    ['512m', 512 * M],
    ['1g', G],
    ['1.5g', 1.5 * G],
    ['2Gi', 2 * G],
    ['1GiB', G],
    ['1 gb', G],
    [' 1g ', G],
    ['1t', 1024 * G],
    ['1.9', 1],
  ])('reads "%s" as Docker does', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each([
    '',
    ' ',
    '-1',
    '-512m',
    'm',
    '.5g',
    '1.',
    '1e3',
    '1ib',
    '1i',
    '1x',
    '1mm',
    '1g g',
    '0x10',
    '1,5g',
    '1  g',
    'NaN',
    '99999999p',
  ])('does not read "%s", rather than guess', (text) => {
    expect(parseBytes(text)).toBeNull();
  });
});

describe('parseCores', () => {
  it.each<[string, number]>([
    ['0.5', 0.5],
    ['.5', 0.5],
    ['2', 2],
    ['500m', 0.5],
    ['1500m', 1.5],
    ['0', 0],
    [' 1 ', 1],
  ])('reads "%s" as %d', (text, cores) => {
    expect(parseCores(text)).toBe(cores);
  });

  it.each(['', 'm', '-1', '1.', '1e3', 'Infinity', '1 m', '1M', '0x1'])('does not read "%s"', (text) => {
    expect(parseCores(text)).toBeNull();
  });
});

describe('formatBytes', () => {
  it.each<[number, string]>([
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [12.34 * K, '12.3 KiB'],
    [123.4 * K, '123 KiB'],
    [512 * M, '512 MiB'],
    [1.25 * G, '1.25 GiB'],
    [G - 1, '1 GiB'],
    [M - 1, '1 MiB'],
    [2 * 1024 * G, '2 TiB'],
    [5000 * 1024 ** 5, '5000 PiB'],
  ])('%d is "%s"', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('is short whatever the amount, and never 1024 of a unit that has a next one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1024 ** 5 }), (bytes) => {
        const text = formatBytes(bytes);
        expect(text).toMatch(/^\d{1,4}(?:\.\d{1,2})? (?:B|KiB|MiB|GiB|TiB|PiB)$/);
        expect(text).not.toMatch(/^1024 /);
      }),
    );
  });
});

describe('dockerBytes', () => {
  it.each<[number, string]>([
    [0, '0'],
    [1, '1'],
    [1024, '1k'],
    [1025, '1025'],
    [512 * M, '512m'],
    [1.5 * G, '1536m'],
    [2 * G, '2g'],
  ])('%d is "%s"', (bytes, text) => {
    expect(dockerBytes(bytes)).toBe(text);
  });

  it('is read back as the same amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => parseBytes(dockerBytes(bytes)) === bytes),
    );
  });
});

describe('parseSeconds', () => {
  it.each<[string, number]>([
    ['90', 90],
    ['1.5', 1.5],
    ['45s', 45],
    ['15m', 900],
    ['2h', 7200],
    ['1.5h', 5400],
    ['1d', 86_400],
    ['2w', 1_209_600],
    ['1h30m', 5400],
    [' 1H 30M ', 5400],
    ['0', 0],
  ])('reads "%s" as %d', (text, seconds) => {
    expect(parseSeconds(text)).toBe(seconds);
  });

  it.each(['', ' ', '-1', '1y', 'm', '1m30', '1e3', '.5h', '1,5h', 'soon', 'Infinity'])(
    'does not read "%s"',
    (text) => {
      expect(parseSeconds(text)).toBeNull();
    },
  );
});

describe('formatSeconds', () => {
  it.each<[number, string]>([
    [0, '0s'],
    [45, '45s'],
    [60, '1m'],
    [90, '90s'],
    [5400, '90m'],
    [7200, '2h'],
    [259_200, '3d'],
  ])('%d is "%s"', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  it('is read back as the same time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 9 }),
        (seconds) => parseSeconds(formatSeconds(seconds)) === seconds,
      ),
    );
  });
});
