import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { SearchEvent } from '#lib/protocol/log-search.ts';
import { startSearchThread } from '../archive/search-thread-start.ts';
import { SearchThreads } from '../archive/search-threads.ts';
import { ArchivedFiles, lineAt } from '../archive/testing/archived-files.ts';
import { makeWorld, newRow, person, type TestWorld } from '../testing/world.ts';
import { LogSearchService } from './log-search.ts';

const viewer = person('viewer');
const NEVER = new AbortController().signal;

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

const code = (value: string): unknown => expect.objectContaining({ code: value });

/** Three agents with a line each, the last of them removed. */
function make() {
  const files = new ArchivedFiles();
  const threads = new SearchThreads(2, startSearchThread);
  onTestFinished(() => threads.close());
  const search = new LogSearchService({
    agents: world.agents,
    records: world.records,
    archive: files,
    threads,
  });
  const row = (name: string, more: Parameters<typeof newRow>[1] = {}) => {
    const made = newRow(world, { name, ...more });
    world.agents.insert(made);
    return made;
  };
  const plain = row('plain');
  const tagged = row('tagged', { type: 'claude', spec: { ...plain.spec, tags: { team: '<i>infra</i>' } } });
  const gone = row('gone');
  world.agents.update(gone.id, { state: 'removed' });
  files.sealed(plain.id, [lineAt(0, 'hit plain')]);
  files.sealed(gone.id, [lineAt(1, 'hit gone')]);
  files.open(tagged.id, [lineAt(2, 'hit <b>tagged</b>')]);
  const found = async (query: object): Promise<readonly string[]> => {
    const events = await Array.fromAsync(search.search(viewer, { q: 'hit', ...query }, NEVER));
    return events.flatMap((event) => ('hit' in event ? [event.hit.agent] : []));
  };
  return { files, search, found, gone };
}

describe('a search over the logs', () => {
  it('finds lines of all agents, of removed ones by their name too', async () => {
    const { found, gone } = make();
    expect(await found({})).toEqual(['tagged', 'gone', 'plain']);
    expect(await found({ agent: ['gone'] })).toEqual(['gone']);
    expect(await found({ agent: [gone.id, 'plain'] })).toEqual(['gone', 'plain']);
  });

  it('keeps to type, tag and host', async () => {
    const { found } = make();
    expect(await found({ type: ['claude'] })).toEqual(['tagged']);
    expect(await found({ tag: ['team=<i>infra</i>'] })).toEqual(['tagged']);
    expect(await found({ tag: ['team'], type: ['shell'] })).toEqual([]);
    expect(await found({ host: ['local'] })).toHaveLength(3);
    expect(await found({ host: ['other'] })).toEqual([]);
  });

  it('says who wrote a line, and gives it as it is', async () => {
    const { search } = make();
    const events = await Array.fromAsync(search.search(viewer, { q: 'TAGGED', limit: '1' }, NEVER));
    expect(events.filter((event) => 'hit' in event)).toEqual([]);
    const [hit] = (await Array.fromAsync(search.search(viewer, { q: 'tagged' }, NEVER))).flatMap((event) =>
      'hit' in event ? [event.hit] : [],
    );
    expect(hit).toMatchObject({
      agent: 'tagged',
      removed: false,
      line: { text: 'hit <b>tagged</b>', level: 'unknown' },
      places: [[7, 13]],
    });
  });

  it.each([
    [{ q: 'a(b', regex: 'true' }, 'q', /missing closing \), at character 2/],
    [{ since: 'yesterday' }, 'since', /must be a time/],
    [{ level: ['loud'] }, 'level.0', /./],
    [{ limit: '0' }, 'limit', /./],
    [{ cursor: 'x' }, 'cursor', /must be one that a search gave/],
    [{ colour: 'red' }, 'colour', /is not a known field/],
  ])('%j is refused at once, with the field and the place', (query, field, rule) => {
    const { search } = make();
    const said: unknown = expect.stringMatching(rule);
    const fields = [expect.objectContaining({ field, rule: said })];
    expect(() => search.search(viewer, query, NEVER)).toThrow(
      expect.objectContaining({ details: { fields } }),
    );
  });

  it('is nothing for strangers, and knows no agent that never was', () => {
    const { search } = make();
    expect(() => search.search(null, {}, NEVER)).toThrow(code('UNAUTHENTICATED'));
    expect(() => search.choices(null)).toThrow(code('UNAUTHENTICATED'));
    expect(() => search.search(viewer, { agent: ['nobody'] }, NEVER)).toThrow(code('NOT_FOUND'));
  });

  it('waits while others go on, says so, and has its turn when one of them ends', async () => {
    const { search } = make();
    const stop = new AbortController();
    const begun = Array.from({ length: 4 }, () => search.search(viewer, { q: 'hit' }, stop.signal));
    for (const each of begun) await each.next();
    const fifth = search.search(viewer, { q: 'hit' }, NEVER);
    expect((await fifth.next()).value).toMatchObject({ progress: { waiting: true } });
    await begun[0]?.return(undefined);
    const rest: SearchEvent[] = await Array.fromAsync(fifth);
    expect(rest.filter((event) => 'hit' in event)).toHaveLength(3);
    for (const each of begun) await each.return(undefined);
  });

  it('can be cancelled while it waits', async () => {
    const { search } = make();
    const begun = Array.from({ length: 4 }, () => search.search(viewer, { q: 'hit' }, NEVER));
    for (const each of begun) await each.next();
    const stop = new AbortController();
    const fifth = search.search(viewer, { q: 'hit' }, stop.signal);
    await fifth.next();
    stop.abort(new Error('closed'));
    await expect(fifth.next()).rejects.toThrow('closed');
    for (const each of begun) await each.return(undefined);
  });

  it('offers what there is: agents with lines, the removed last, their types and tags', () => {
    const { search } = make();
    expect(search.choices(viewer)).toEqual({
      agents: [
        { name: 'plain', removed: false },
        { name: 'tagged', removed: false },
        { name: 'gone', removed: true },
      ],
      types: ['claude', 'shell'],
      tags: ['team=<i>infra</i>'],
    });
  });
});
