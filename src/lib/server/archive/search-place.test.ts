import { describe, expect, it } from 'vitest';
import { beforeTime, engineTime, newestFirst, readCursor, writeCursor } from './search-place.ts';

describe('the order of a search', () => {
  it('is by time, then by agent and number, the newest first', () => {
    const time = engineTime('2026-03-01T12:00:00Z');
    const later = engineTime('2026-03-01T12:00:00.000000001Z');
    const places = [
      { time, agentId: 'a', seq: 1 },
      { time: later, agentId: 'a', seq: 2 },
      { time, agentId: 'b', seq: 1 },
      { time, agentId: 'a', seq: 9 },
    ];
    expect(places.sort(newestFirst).map((each) => [each.agentId, each.seq])).toEqual([
      ['a', 2],
      ['b', 1],
      ['a', 9],
      ['a', 1],
    ]);
    expect(newestFirst(beforeTime(time), { time, agentId: 'zzz', seq: 99 })).toBeLessThan(0);
  });

  it('goes on from a cursor, and nothing else is one', () => {
    const place = { time: engineTime(0), agentId: '01abc', seq: 17 };
    expect(readCursor(writeCursor(place))).toEqual(place);
    expect(readCursor(writeCursor(beforeTime(place.time)))).toEqual(beforeTime(place.time));
    for (const text of ['', 'x', '2026-03-01T12:00:00Z_a_1', `${place.time}_../x_1`])
      expect(readCursor(text)).toBeNull();
  });
});

it.each([
  ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000000000Z'],
  ['2026-03-01T12:00:00.5Z', '2026-03-01T12:00:00.500000000Z'],
  ['2026-03-01T12:00:00.123456789+02:00', '2026-03-01T10:00:00.123456789Z'],
  [Date.UTC(2026, 2, 1) + 7, '2026-03-01T00:00:00.007000000Z'],
])('%s is %s as the engine writes it', (given, written) => {
  expect(engineTime(given)).toBe(written);
});
