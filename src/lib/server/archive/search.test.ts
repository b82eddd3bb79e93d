import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSearchThread } from './search-thread-start.ts';
import { SearchThreads } from './search-threads.ts';
import { searchArchive, type ArchiveWish, type PartsOf, type SearchStep } from './search.ts';
import { readCursor } from './search-place.ts';
import { ArchivedFiles, lineAt } from './testing/archived-files.ts';

const NEVER = new AbortController().signal;

function threads(size = 2): SearchThreads {
  const made = new SearchThreads(size, startSearchThread);
  onTestFinished(() => made.close());
  return made;
}

function wishFor(q: string, more: Partial<ArchiveWish> = {}): ArchiveWish {
  return {
    q,
    regex: false,
    levels: null,
    stream: null,
    since: null,
    until: null,
    before: null,
    limit: 100,
    patienceMs: null,
    ...more,
  };
}

async function steps(
  files: ArchivedFiles,
  wish: ArchiveWish,
  {
    signal = NEVER,
    partsOf = files.parts,
    on = threads(),
  }: { signal?: AbortSignal; partsOf?: PartsOf; on?: SearchThreads } = {},
): Promise<readonly SearchStep[]> {
  return Array.fromAsync(searchArchive(files.agentIds(), partsOf, wish, on, signal));
}

const texts = (all: readonly SearchStep[]) =>
  all.flatMap((step) => (step.kind === 'found' ? [step.found.line.text] : []));
const last = (all: readonly SearchStep[]) => all.findLast((step) => step.kind === 'end');

describe('a search over files', () => {
  it('gives the hits of all agents and of all files in the order of time, the newest first', async () => {
    const files = new ArchivedFiles();
    files.sealed('a', [lineAt(0, 'hit a0'), lineAt(10_000, 'hit a10')]);
    files.sealed('a', [lineAt(20_000, 'hit a20'), lineAt(21_000, 'no'), lineAt(40_000, 'hit a40')]);
    files.sealed('b', [lineAt(5_000, 'hit b5'), lineAt(30_000, 'hit b30')]);
    files.open('b', [lineAt(50_000, 'hit b50')], '99 2026-03-01T12:01:00.000000000Z o hit torn');
    const all = await steps(files, wishFor('hit'));
    expect(texts(all)).toEqual(['hit b50', 'hit a40', 'hit b30', 'hit a20', 'hit a10', 'hit b5', 'hit a0']);
    expect(last(all)).toEqual({ kind: 'end', reason: 'done', cursor: null, unreadable: 0 });
  });

  it('says how far it came, and in the end that it saw everything', async () => {
    const files = new ArchivedFiles();
    for (const at of [0, 100_000, 200_000]) files.sealed('a', [lineAt(at, 'x')]);
    const progress = (await steps(files, wishFor('nothing'))).filter((step) => step.kind === 'progress');
    expect(progress.at(-1)).toMatchObject({ scannedTo: null });
    expect(progress.at(-1)?.bytes).toBe(progress.at(-1)?.totalBytes);
    expect(progress.at(-1)?.totalBytes).toBeGreaterThan(100);
  });

  it('opens no file whose times or levels say no', async () => {
    const files = new ArchivedFiles();
    files.sealed('a', [lineAt(0, 'ERROR hit')]);
    const broken = files.sealed('a', [lineAt(100_000, 'info hit')]);
    writeFileSync(broken, 'not zstd');
    const late = files.sealed('a', [lineAt(900_000, 'ERROR late hit')]);
    writeFileSync(late, 'not zstd');
    const all = await steps(files, wishFor('hit', { levels: ['error'], until: lineAt(500_000, '').time }));
    expect(texts(all)).toEqual(['ERROR hit']);
    expect(last(all)).toMatchObject({ unreadable: 0 });
  });

  it('says how many files it could not read, and gives the hits of the others', async () => {
    const files = new ArchivedFiles();
    files.sealed('a', [lineAt(0, 'hit one')]);
    writeFileSync(files.sealed('a', [lineAt(100_000, 'hit two')]), 'not zstd');
    const all = await steps(files, wishFor('hit'));
    expect(texts(all)).toEqual(['hit one']);
    expect(last(all)).toMatchObject({ reason: 'done', unreadable: 1 });
  });

  it('takes a file that retention deleted for one that is not there', async () => {
    const files = new ArchivedFiles();
    const path = files.sealed('a', [lineAt(0, 'hit')]);
    rmSync(path);
    const gone: PartsOf = (id) => files.parts(id).filter((part) => part.path !== path);
    let asked = 0;
    const partsOf: PartsOf = (id) => ((asked += 1) === 1 ? files.parts(id) : gone(id));
    expect(last(await steps(files, wishFor('hit'), { partsOf }))).toMatchObject({
      reason: 'done',
      unreadable: 0,
    });
  });

  it('follows a file that was put away between the look at it and the reading', async () => {
    const files = new ArchivedFiles();
    files.sealed('a', [lineAt(900_000, 'hit new')]);
    files.open('a', [lineAt(0, 'hit kept'), lineAt(1, 'other')]);
    const found: string[] = [];
    const one = threads(1);
    for await (const step of searchArchive(['a'], files.parts, wishFor('hit'), one, NEVER)) {
      if (step.kind === 'progress' && found.length === 0) files.putAway('a');
      if (step.kind === 'found') found.push(step.found.line.text);
      if (found.length === 1 && files.parts('a').length === 2) files.putAway('a');
    }
    expect(found).toEqual(['hit new', 'hit kept']);
  });

  it('gives a line once that stands in two files while one is being packed', async () => {
    const files = new ArchivedFiles();
    const lines = [lineAt(0, 'hit one'), lineAt(1, 'hit two')];
    files.open('a', lines);
    files.sealed('a', lines);
    expect(texts(await steps(files, wishFor('hit')))).toEqual(['hit two', 'hit one']);
  });

  it('goes on where it ended at its limit, until nothing is left, without a gap or a double', async () => {
    const files = new ArchivedFiles();
    for (const agent of ['a', 'b'])
      for (let file = 0; file < 3; file += 1)
        files.sealed(
          agent,
          // two agents, and lines of one time in each
          Array.from({ length: 10 }, (_, at) =>
            lineAt(file * 100 + (at >> 1), `hit`, { seq: file * 100 + at }),
          ),
        );
    const seen: string[] = [];
    const on = threads();
    let before = null;
    for (;;) {
      const all: readonly SearchStep[] = await steps(files, wishFor('hit', { limit: 7, before }), { on });
      for (const step of all)
        if (step.kind === 'found') seen.push(`${step.found.agentId}${step.found.line.seq}`);
      const end = last(all);
      if (end?.kind !== 'end' || end.cursor === null) break;
      expect(end.reason).toBe('limit');
      before = readCursor(end.cursor);
    }
    expect(seen).toHaveLength(60);
    expect(new Set(seen).size).toBe(60);
  });

  it('does not read what is older than all that it may tell', async () => {
    const files = new ArchivedFiles();
    writeFileSync(files.sealed('a', [lineAt(0, 'hit old')]), 'not zstd');
    files.sealed('a', [lineAt(100_000, 'hit'), lineAt(100_001, 'hit')]);
    const all = await steps(files, wishFor('hit', { limit: 2 }), { on: threads(1) });
    expect(texts(all)).toHaveLength(2);
    expect(last(all)).toMatchObject({ reason: 'limit', unreadable: 0 });
  });

  it('ends with a cursor when its time is over', async () => {
    const files = new ArchivedFiles();
    for (let file = 0; file < 20; file += 1) files.sealed('a', [lineAt(file * 10_000, `hit ${file}`)]);
    const all = await steps(files, wishFor('hit', { patienceMs: 0 }), { on: threads(1) });
    const end = last(all);
    expect(end).toMatchObject({ reason: 'time' });
    const rest = await steps(files, wishFor('hit', { before: readCursor(end?.cursor ?? '') }));
    expect([...texts(all), ...texts(rest)]).toEqual(Array.from({ length: 20 }, (_, at) => `hit ${19 - at}`));
  });

  it('is cancelled at once', async () => {
    const files = new ArchivedFiles();
    for (let file = 0; file < 20; file += 1) files.sealed('a', [lineAt(file * 10_000, 'hit')]);
    const stop = new AbortController();
    const on = threads(1);
    const search = searchArchive(['a'], files.parts, wishFor('hit'), on, stop.signal);
    await search.next();
    stop.abort(new Error('closed'));
    await expect(search.next().then(() => search.next())).rejects.toThrow('closed');
    // and leaves the threads free for the next
    expect(texts(await steps(files, wishFor('hit', { limit: 1 }), { on }))).toEqual(['hit']);
  });

  it('has none of what a catastrophic pattern could do to others', async () => {
    const files = new ArchivedFiles();
    files.sealed('a', [lineAt(0, `${'a'.repeat(60_000)}!`), lineAt(1, 'aaa')]);
    expect(texts(await steps(files, wishFor('(a+)+$', { regex: true })))).toEqual(['aaa']);
  });

  it('takes a thread that died for a file that could not be read, and goes on with another', async () => {
    const files = new ArchivedFiles();
    files.sealed('a', [lineAt(0, 'hit')]);
    const died = new SearchThreads(1, () => {
      const thread = startSearchThread();
      void thread.terminate();
      return thread;
    });
    onTestFinished(() => died.close());
    expect(last(await steps(files, wishFor('hit'), { on: died }))).toMatchObject({ unreadable: 1 });
    expect(texts(await steps(files, wishFor('hit')))).toEqual(['hit']);
  });
});
