import { expect, it } from 'vitest';
import { readCast } from './cast.ts';

const HEADER = '{"version":2,"width":100,"height":30}';

it('a recording has its size and its events in order', () => {
  expect(readCast(`${HEADER}\n[0.5,"o","a"]\n[1,"r","90x20"]\n[1.5,"i","secret"]\n`)).toEqual({
    columns: 100,
    rows: 30,
    events: [
      { at: 0.5, kind: 'o', data: 'a' },
      { at: 1, kind: 'r', data: '90x20' },
    ],
    seconds: 1,
  });
});

it('long pauses are cut short', () => {
  expect(readCast(`${HEADER}\n[1,"o","a"]\n[600,"o","b"]`)?.events.map((each) => each.at)).toEqual([1, 3]);
});

it('a line that was cut off is left out, and what is no recording is none', () => {
  expect(readCast(`${HEADER}\n[1,"o","a"]\n[2,"o","b`)?.events).toHaveLength(1);
  expect(readCast('nothing')).toBeNull();
  expect(readCast('{"version":1}')).toBeNull();
});
