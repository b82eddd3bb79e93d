import { describe, expect, it } from 'vitest';
import { wordsOf } from '#lib/domain/log-words.ts';
import { testOf, type LogWish } from './log-filter.ts';
import { line } from './testing/log-lines.ts';

const ALL: LogWish = { levels: [], stream: 'both', words: null, mode: 'find', fields: [] };
const passes = (wish: Partial<LogWish>, text: string, more = {}) =>
  testOf({ ...ALL, ...wish })?.(line(1, text, more), 'info');

describe('a filter', () => {
  it('is none while nothing is left out; words alone only mark', () => {
    expect(testOf(ALL)).toBeNull();
    expect(testOf({ ...ALL, words: wordsOf('x') })).toBeNull();
  });

  it('takes lines with words, or those without', () => {
    const words = wordsOf('disk');
    expect(passes({ words, mode: 'only' }, 'the Disk is full')).toBe(true);
    expect(passes({ words, mode: 'without' }, 'the Disk is full')).toBe(false);
    expect(passes({ words, mode: 'without' }, 'all is well')).toBe(true);
  });

  it('reads through colours', () => {
    expect(passes({ words: wordsOf('full'), mode: 'only' }, 'fu\u001b[31mll')).toBe(true);
  });

  it('takes levels, streams and values of fields, all of them together', () => {
    expect(passes({ levels: ['info'] }, 'x')).toBe(true);
    expect(passes({ levels: ['warn', 'error'] }, 'x')).toBe(false);
    expect(passes({ stream: 'stderr' }, 'x')).toBe(false);
    expect(passes({ stream: 'stderr' }, 'x', { stream: 'stderr' })).toBe(true);
    const fields = [{ name: 'id', value: '7' }];
    expect(passes({ fields }, '{"id":7}')).toBe(true);
    expect(passes({ fields }, '{"id":8}')).toBe(false);
    expect(passes({ fields, levels: ['warn'] }, '{"id":7}')).toBe(false);
  });

  it('leaves gaps out', () => {
    const time = '2026-03-01T00:00:00Z';
    expect(passes({ levels: ['info'] }, '', { gap: { from: time, to: time } })).toBe(false);
  });
});
