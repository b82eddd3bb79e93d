import { describe, expect, it } from 'vitest';
import type { SearchEvent } from '#lib/protocol/log-search.ts';
import type { App } from '../app.ts';
import { partly } from '../testing/app.ts';
import { person } from '../testing/world.ts';
import { logSearchAnswer, searchQuery } from './log-search-answer.ts';

const HIT: SearchEvent = {
  hit: {
    agentId: 'a',
    agent: 'one',
    color: null,
    removed: false,
    line: { seq: 1, time: '2026-03-01T12:00:00.000000000Z', stream: 'stdout', text: 'hit', level: 'unknown' },
    places: [[0, 3]],
  },
};
const END: SearchEvent = { end: { reason: 'limit', cursor: 'c', unreadable: 0 } };

/** `go` is called for each event that is read; the last one never comes without it. */
function serving(events: readonly SearchEvent[], hangs = false) {
  const seen: { query?: unknown; signal?: AbortSignal; ended: boolean } = { ended: false };
  async function* search(signal: AbortSignal): AsyncGenerator<SearchEvent> {
    try {
      yield* events;
      if (hangs)
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('cancelled'));
          });
        });
    } finally {
      seen.ended = true;
    }
  }
  const app = partly<App>({
    services: {
      logSearch: {
        search: (_actor: unknown, query: unknown, signal: AbortSignal) => {
          Object.assign(seen, { query, signal });
          return search(signal);
        },
      },
    },
  });
  const get = (query: string, accept = '*/*') => {
    const url = new URL(`http://slipway/api/logs/search${query}`);
    return logSearchAnswer(app, person('viewer'), new Request(url, { headers: { accept } }), url);
  };
  return { seen, get };
}

describe('the answer of a search', () => {
  it('is a line of JSON for each event', async () => {
    const { get } = serving([HIT, END]);
    const answer = await get('?q=hit');
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    expect((await answer.text()).split('\n')).toEqual([JSON.stringify(HIT), JSON.stringify(END), '']);
  });

  it.each([
    ['?q=hit', 'application/json'],
    ['?q=hit&format=json', '*/*'],
  ])('is one object for %s with Accept %s', async (query, accept) => {
    const answer = await serving([HIT, END]).get(query, accept);
    expect(await answer.json()).toEqual({
      hits: ['hit' in HIT ? HIT.hit : null],
      count: 1,
      nextCursor: 'c',
      reason: 'limit',
      unreadable: 0,
    });
  });

  it('ends the search when nobody reads it any more, also in the middle of its work', async () => {
    const { get, seen } = serving([HIT], true);
    const answer = await get('?q=hit');
    const reader = answer.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(seen.signal?.aborted).toBe(true);
    await expect.poll(() => seen.ended).toBe(true);
  });
});

it('a query may name a thing several times and with commas; what is empty says nothing', () => {
  const params = new URLSearchParams('q=a%2Cb&agent=x,y&agent=z&level=&stream=&limit=5');
  expect(searchQuery(params)).toEqual({ q: 'a,b', agent: ['x', 'y', 'z'], level: [], limit: '5' });
});
