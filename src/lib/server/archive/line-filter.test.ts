import { describe, expect, it } from 'vitest';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { lineFilter, type LineWish } from './line-filter.ts';

const at = (second: number) => `2026-03-01T12:00:0${second}.000000000Z`;
const line = (text: string, more: Partial<LogLine> = {}): LogLine => ({
  seq: 1,
  time: at(5),
  stream: 'stdout',
  text,
  ...more,
});

describe('a line is wanted', () => {
  it.each<[LineWish, string, boolean]>([
    [{}, 'anything', true],
    [{ q: 'error' }, 'An ERROR came', true],
    [{ q: 'Error' }, 'An ERROR came', false],
    [{ q: 'Error' }, 'An Error came', true],
    [{ q: 'error', inverse: true }, 'An ERROR came', false],
    [{ q: 'error', inverse: true }, 'all is well', true],
    [{ q: '^a.+z$', regex: true }, 'Abcz', true],
    [{ q: '^A.+z$', regex: true }, 'abcz', false],
    [{ q: 'a.c' }, 'abc', false],
    [{ q: 'red green' }, '\u001b[31mred\u001b[0m green', true],
    [{ levels: ['error'] }, 'ERROR: it broke', true],
    [{ levels: ['error', 'unknown'] }, 'words', true],
    [{ levels: ['error'] }, 'INFO: it works', false],
    [{ stream: 'stderr' }, 'words', false],
    [{ since: at(5), until: at(5) }, 'words', true],
    [{ since: at(6) }, 'words', false],
    [{ until: at(4) }, 'words', false],
  ])('%j: %j %s', (wish, text, isWanted) => {
    expect(lineFilter(wish)(line(text))).toBe(isWanted);
  });

  it('when it marks a gap in the time that is asked for, whatever else is', () => {
    const mark = line('', { gap: { from: at(4), to: at(5) } });
    expect(lineFilter({ q: 'x', stream: 'stderr', levels: ['error'] })(mark)).toBe(true);
    expect(lineFilter({ until: at(4) })(mark)).toBe(false);
  });
});

it('a pattern that is none is refused, with the field and why', () => {
  expect(() => lineFilter({ q: 'a(', regex: true })).toThrow(/^q: is no pattern: /);
});

it('a pattern that others stall on ends soon', () => {
  const wanted = lineFilter({ q: '(a+)+$', regex: true });
  expect(wanted(line(`${'a'.repeat(60_000)}b`))).toBe(false);
});
