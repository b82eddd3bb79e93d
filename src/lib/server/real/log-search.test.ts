/** Searching what agents on a real engine have printed, also one that is gone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchEvent, SearchHit } from '#lib/protocol/log-search.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const WAIT = { wait: true };
const PATIENCE = { timeout: 15_000, interval: 50 };
const NEVER = new AbortController().signal;
const MARKUP = '<script>window.hacked=1</script>';

describe.skipIf(NO_ENGINE !== undefined)('a search on a real engine', () => {
  let real: RealApp;
  beforeAll(async () => {
    real = await realApp();
  }, 60_000);
  afterAll(() => real.close());

  const agents = () => real.app.services.agents;
  const spawn = (name: string, script: string, more: object = {}) =>
    agents().spawn(
      real.admin,
      {
        type: 'custom',
        name: `${name}-${real.run}`,
        image: real.image,
        tty: false,
        command: ['sh', '-c', script],
        ...more,
      },
      WAIT,
    );
  const search = async (query: object): Promise<readonly SearchEvent[]> =>
    Array.fromAsync(real.app.services.logSearch.search(real.admin, query, NEVER));
  const hits = async (query: object): Promise<readonly SearchHit[]> =>
    (await search(query)).flatMap((event) => ('hit' in event ? [event.hit] : []));
  const texts = async (query: object) => (await hits(query)).map((hit) => hit.line.text);

  it('finds lines of several agents in the order of time, of a removed one too', async () => {
    const first = await spawn('first', `echo 'fish one'; echo 'ERROR fish' >&2; exec sleep 1000`, {
      tags: { team: '<b>fish</b>' },
    });
    const gone = await spawn('gone', `echo 'fish ${MARKUP}'; exec sleep 1000`);
    await expect.poll(() => texts({ q: 'fish' }), PATIENCE).toHaveLength(3);
    await agents().remove(real.admin, gone.id, { force: true, timeout: 0 }, WAIT);
    await spawn('last', `echo 'Fish last'; exec sleep 1000`);

    await expect.poll(() => texts({ q: 'fish' }), PATIENCE).toHaveLength(4);
    const all = await hits({ q: 'fish' });
    expect(all.map((hit) => hit.line.time)).toEqual(
      all
        .map((hit) => hit.line.time)
        .toSorted()
        .toReversed(),
    );
    expect(all[0]?.line.text).toBe('Fish last');
    expect(all[1]).toMatchObject({ agent: gone.name, removed: true, line: { text: `fish ${MARKUP}` } });
    expect(await texts({ agent: [gone.name], q: 'script' })).toEqual([`fish ${MARKUP}`]);
    expect(await texts({ q: 'Fish' })).toEqual(['Fish last']);
    expect(await texts({ q: 'fish', stream: 'stderr' })).toEqual(['ERROR fish']);
    expect(await texts({ level: ['error'], tag: ['team=<b>fish</b>'] })).toEqual(['ERROR fish']);
    expect(await texts({ q: '^fish (one|two)$', regex: 'true', agent: [first.id] })).toEqual(['fish one']);
  });

  it('goes through a log that was packed, page by page, without a gap or a double', async () => {
    const COUNT = 60_000;
    const filler = 'x'.repeat(80);
    const program = `BEGIN { for (i = 1; i <= ${COUNT}; i++) print "number", i, "${filler}"; print "finished" }`;
    const one = await spawn('long', `awk '${program}'; exec sleep 1000`);
    await expect
      .poll(() => texts({ q: 'finished', agent: [one.id] }), { ...PATIENCE, timeout: 60_000 })
      .toHaveLength(1);
    const query = { q: 'number \\d*77 x', regex: 'true', agent: [one.id], limit: '250' };
    const numbers: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const events: readonly SearchEvent[] = await search({
        ...query,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const event of events)
        if ('hit' in event) numbers.push(Number(/\d+/.exec(event.hit.line.text)?.[0]));
      cursor = events.flatMap((event) => ('end' in event ? [event.end.cursor] : []))[0] ?? null;
    }
    expect(numbers).toEqual(Array.from({ length: COUNT / 100 }, (_, at) => COUNT - 23 - at * 100));
    const progress = (await search({ q: 'nowhere', agent: [one.id] })).flatMap((event) =>
      'progress' in event ? [event.progress] : [],
    );
    expect(progress.at(-1)?.bytes).toBeGreaterThan(COUNT * 100);
  }, 90_000);

  it('finds the same after Slipway was started again', async () => {
    const before = await texts({ q: 'fish' });
    await real.restart();
    // what it had not written down yet comes again from the engine
    await expect.poll(() => texts({ q: 'fish' }), PATIENCE).toEqual(before);
  });
});
