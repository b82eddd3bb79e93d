import { describe, expect, it } from 'vitest';
import { plainText, rowFigures, sayMemory } from './row-figures.ts';
import { aPulse } from './testing.ts';

const MIB = 1024 ** 2;

describe('sayMemory', () => {
  it('writes use and limit in the unit of the limit', () => {
    expect(sayMemory(388 * MIB, 512 * MIB)).toMatchObject({
      used: '388',
      limit: '512',
      unit: 'MiB',
      percent: 76,
    });
    expect(sayMemory(402 * MIB, 1024 * MIB)).toMatchObject({ used: '402', limit: '1024', unit: 'MiB' });
    expect(sayMemory(1915 * MIB, 2048 * MIB)).toMatchObject({
      used: '1.87',
      limit: '2',
      unit: 'GiB',
      percent: 94,
    });
  });

  it('keeps the zeros of whole numbers', () => {
    expect(sayMemory(100 * MIB, 200 * MIB)).toMatchObject({ used: '100', limit: '200' });
    expect(sayMemory(20 * 1024 * MIB, 40 * 1024 * MIB)).toMatchObject({ used: '20', limit: '40' });
  });

  it('has no percentage without a limit', () => {
    expect(sayMemory(96 * MIB, null)).toMatchObject({
      used: '96',
      limit: null,
      percent: null,
      label: '96 MiB, no limit',
    });
  });

  it('never shows more than a full bar', () => {
    expect(sayMemory(600 * MIB, 512 * MIB).percent).toBe(100);
  });
});

describe('rowFigures', () => {
  it('has nothing, rather than zeros, for what was not measured', () => {
    expect(rowFigures(undefined)).toEqual({ cpu: null, spark: null, memory: null, output: null });
    expect(rowFigures(aPulse({ cpu: null }))).toMatchObject({ cpu: null, spark: null, memory: null });
  });
});

describe('plainText', () => {
  it('takes out colours, titles and control characters', () => {
    expect(plainText('\u001b[32magent@fox\u001b[0m:/w$ \u001b]0;title\u0007ok\r')).toBe('agent@fox:/w$ ok');
  });

  it('leaves markup as the text that it is', () => {
    expect(plainText('<b>x</b>')).toBe('<b>x</b>');
  });
});
