import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogFrame } from '../engine/engine.ts';
import type { RawLine } from './lines.ts';
import { readLines, Seen, Sequence } from './log-order.ts';

const at = (nanos: number) => `2026-03-01T12:00:00.${String(nanos).padStart(9, '0')}Z`;
const line = (nanos: number, text = '', stream: RawLine['stream'] = 'stdout'): RawLine => ({
  time: at(nanos),
  stream,
  text,
});

describe('the numbers of lines', () => {
  it('are their times in microseconds', () => {
    const sequence = new Sequence();
    expect(sequence.next('2026-03-01T12:00:00.123456789Z')).toBe(
      Date.parse('2026-03-01T12:00:00.123Z') * 1000 + 456,
    );
  });

  it('grow by one where the time does not: within a microsecond, back in time, or without a time', () => {
    const sequence = new Sequence();
    const first = sequence.next(at(5_000));
    expect([at(5_100), at(5_000), at(4_000), ''].map((time) => sequence.next(time) - first)).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('grow always, and stay exact', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 999_999_999 }).map(at), fc.constant(''), fc.string())),
        (times) => {
          const sequence = new Sequence();
          const numbers = times.map((time) => sequence.next(time));
          expect(
            numbers.every((number, n) => Number.isSafeInteger(number) && number > (numbers[n - 1] ?? 0)),
          ).toBe(true);
        },
      ),
    );
  });

  it('are the same when the same log is read again', () => {
    const times = [at(1_000), at(1_100), at(9_000), at(9_000)];
    const numbers = () => {
      const sequence = new Sequence();
      return times.map((time) => sequence.next(time));
    };
    expect(numbers()).toEqual(numbers());
  });
});

/** What is new of several readings; each goes on where the reader says. */
function news(seen: Seen, ...readings: readonly (readonly RawLine[])[]): string[] {
  return readings.flatMap((reading) => {
    const since = seen.begin();
    const given = reading.filter((each) => since === null || each.time >= since);
    return given.filter((each) => seen.isNew(each)).map((each) => each.text);
  });
}

describe('which lines were seen', () => {
  it('what was not read before is new', () => {
    expect(news(new Seen(), [line(1, 'a'), line(2, 'b')])).toEqual(['a', 'b']);
  });

  it('a reading from the last time on, inclusive, brings no doubles', () => {
    expect(news(new Seen(), [line(1, 'a'), line(2, 'b')], [line(2, 'b'), line(3, 'c')])).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('lines of the very same time are counted: a third one after two that were seen is new', () => {
    const seen = new Seen();
    expect(
      news(
        seen,
        [line(5, 'a'), line(5, 'b')],
        [line(5, 'a'), line(5, 'b'), line(5, 'c')],
        [line(5, 'a'), line(5, 'b'), line(5, 'c')],
      ),
    ).toEqual(['a', 'b', 'c']);
  });

  it('what the engine repeats when it rotates the file is dropped, to the last line', () => {
    const lines = [line(1, 'a'), line(2, 'b'), line(3, 'c')];
    expect(news(new Seen(), [...lines, ...lines, line(4, 'd')])).toEqual(['a', 'b', 'c', 'd']);
  });

  it('the streams are told apart: one that is behind has lines that the other has not', () => {
    const seen = new Seen();
    expect(
      news(
        seen,
        [line(9, 'out'), line(3, 'err', 'stderr')],
        [line(3, 'err', 'stderr'), line(4, 'err 2', 'stderr'), line(9, 'out')],
      ),
    ).toEqual(['out', 'err', 'err 2']);
  });

  it('one does not go back over the whole log for a stream that was silent for a long time', () => {
    const seen = new Seen();
    news(seen, [{ time: '2026-03-01T12:00:00.000000001Z', stream: 'stderr', text: 'err' }]);
    news(seen, [{ time: '2026-03-02T12:00:20.123456789Z', stream: 'stdout', text: 'out' }]);
    expect(seen.begin()).toBe('2026-03-02T12:00:10.123000000Z');
  });

  it('one goes on at the earlier of the two streams, and from the beginning when nothing was seen', () => {
    const seen = new Seen();
    expect(seen.begin()).toBeNull();
    news(seen, [line(9), line(3, '', 'stderr')]);
    expect(seen.begin()).toBe(at(3));
  });

  it('any log read in any number of overlapping readings gives each line once', () => {
    const log = fc
      .array(fc.integer({ min: 0, max: 5 }), { maxLength: 20 })
      .map((times) => times.toSorted((a, b) => a - b).map((time, n) => line(time, String(n))));
    fc.assert(
      fc.property(log, fc.array(fc.nat({ max: 20 }), { maxLength: 6 }), (lines, breaks) => {
        const seen = new Seen();
        const given: string[] = [];
        let known = 0;
        for (const upTo of [...breaks, lines.length]) {
          const since = seen.begin();
          known = Math.max(known, upTo);
          const reading = lines.slice(0, known).filter((each) => since === null || each.time >= since);
          given.push(...reading.filter((each) => seen.isNew(each)).map((each) => each.text));
        }
        expect(given).toEqual(lines.map((each) => each.text));
      }),
    );
  });
});

describe('a log read whole', () => {
  async function* frames(...texts: readonly string[]): AsyncGenerator<LogFrame> {
    for (const text of texts)
      yield await Promise.resolve({ stream: 'stdout' as const, bytes: Buffer.from(text) });
  }

  it('is all its lines in order, numbered, with the last one that has no newline', async () => {
    const text = `${at(1_000)} a\n${at(2_000)} b\n${at(3_000)} c`;
    const lines = await readLines(frames(text.slice(0, 40), text.slice(40)));
    expect(lines.map((each) => each.text)).toEqual(['a', 'b', 'c']);
    expect(lines.map((each) => each.seq - (lines[0]?.seq ?? 0))).toEqual([0, 1, 2]);
  });

  it('throws what the engine throws', async () => {
    async function* broken(): AsyncGenerator<LogFrame> {
      yield* frames(`${at(1)} a\n`);
      throw new Error('cut');
    }
    await expect(readLines(broken())).rejects.toThrow('cut');
  });
});
