import { describe, expect, it, vi } from 'vitest';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogBatch } from '#lib/protocol/socket.ts';
import type { LogNote } from './log-feed.ts';
import type { ReadPage } from './log-pages.ts';
import { LogTail } from './log-tail.svelte.ts';
import type { LogListener } from './socket.svelte.ts';

const line = (seq: number): LogLine => ({
  seq,
  time: new Date(Date.UTC(2026, 2, 1) + seq).toISOString(),
  stream: 'stdout',
  text: String(seq),
});
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => line(from + n));

/** A log with the lines from `first` to `last()`, as the server gives its pages. */
function archive(first: number, last: () => number): ReadPage {
  return (_agentId, place, limit) => {
    let [from, to] = [first, last()];
    if ('before' in place) [from, to] = [place.before - limit, place.before - 1];
    else if ('after' in place) [from, to] = [place.after + 1, place.after + limit];
    else if ('around' in place) [from, to] = [place.around - limit / 2, place.around + limit / 2 - 1];
    else if ('tail' in place) from = to - place.tail + 1;
    const page = lines(Math.max(from, first), Math.min(to, last()));
    return Promise.resolve({ lines: page, hasBefore: from > first, hasAfter: to < last() });
  };
}

/** A log in a page, and the listener that it gave to the connection. */
function follow(first: readonly LogLine[] = [], read: ReadPage = () => Promise.resolve(null)) {
  const tail = new LogTail(first, 'a', read);
  let listener: LogListener | null = null;
  let stopped = false;
  const stop = tail.follow(
    {
      followLog: (_agentId, given) => {
        listener = given;
        return () => {
          stopped = true;
        };
      },
    },
    'a',
  );
  const send = (batch: Omit<LogBatch, 'agentId'>) => listener?.batch({ agentId: 'a', ...batch });
  const heard = () => {
    if (listener === null) throw new Error('it did not ask for a log');
    return listener;
  };
  return {
    tail,
    send,
    heard,
    stop,
    isStopped: () => stopped,
    seqs: () => tail.lines.map((each) => each.seq),
    ends: () => [tail.lines[0]?.seq, tail.lines.at(-1)?.seq],
    /** Until what was asked for is here. */
    settled: () => vi.waitFor(() => expect(tail.head).not.toBe('loading')),
  };
}

describe('the lines of a page', () => {
  it('are those that it brought, then what comes', () => {
    const { send, seqs, tail } = follow(lines(1, 3));
    send({ lines: lines(4, 5) });
    expect(seqs()).toEqual([1, 2, 3, 4, 5]);
    expect(tail.revision).toBe(1);
  });

  it('are not added twice when they are told again', () => {
    const { send, seqs } = follow(lines(1, 3));
    send({ lines: lines(2, 5), reset: true });
    send({ lines: lines(4, 6) });
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('go on after the last one when the connection comes back', () => {
    const { heard, send } = follow();
    expect(heard().cursor()).toBeNull();
    send({ lines: lines(1, 3) });
    expect(heard().cursor()).toEqual({ seq: 3, time: line(3).time });
  });

  it('begin anew where nobody knows what was between', () => {
    const { send, seqs } = follow(lines(1, 3));
    send({ lines: lines(500, 502), reset: true });
    expect(seqs()).toEqual([500, 501, 502]);
  });

  it('stay when there is nothing new to begin with', () => {
    const { send, seqs } = follow(lines(1, 3));
    send({ lines: [], reset: true });
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('are no more than 55,000; the oldest go while the end is read, and can be loaded again', () => {
    const { send, tail, ends } = follow();
    for (let from = 1; from <= 60_000; from += 1_000) send({ lines: lines(from, from + 999) });
    expect(tail.lines.length).toBeLessThanOrEqual(55_000);
    expect(tail.lines.length).toBeGreaterThanOrEqual(50_000);
    expect(ends()[1]).toBe(60_000);
    expect(tail.head).toBe('more');
  });
});

describe('history', () => {
  it('comes by pages, up to where the log begins', async () => {
    const { tail, seqs, settled } = follow(
      lines(801, 803),
      archive(1, () => 803),
    );
    tail.older();
    expect(tail.head).toBe('loading');
    await settled();
    expect([seqs()[0], tail.lines.length, tail.head]).toEqual([301, 503, 'more']);
    tail.older();
    await settled();
    expect([seqs()[0], tail.lines.length, tail.head]).toEqual([1, 803, 'begin']);
  });

  it('that cannot be read is said, and asked for again', async () => {
    const read = vi.fn<ReadPage>(() => Promise.resolve(null));
    const { tail, settled } = follow(lines(5, 6), read);
    tail.older();
    await settled();
    expect(tail.head).toBe('failed');
    tail.older();
    await settled();
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('is asked for once at a time', () => {
    const read = vi.fn<ReadPage>(() => new Promise(() => undefined));
    const { tail } = follow(lines(5, 6), read);
    tail.older();
    tail.older();
    expect(read).toHaveBeenCalledTimes(1);
  });
});

describe('a reader far from the end', () => {
  /** 60,000 lines came while the first of them is read. */
  async function reading() {
    let last = 1;
    const made = follow(
      lines(1, 1),
      archive(1, () => last),
    );
    made.tail.reading(1);
    for (let from = 2; from <= 60_000; from += 1_000) {
      last = from + 999;
      made.send({ lines: lines(from, last) });
    }
    await Promise.resolve();
    return made;
  }

  it('keeps what is read; what comes is counted', async () => {
    const { tail, ends } = await reading();
    expect(ends()).toEqual([1, 50_000]);
    expect(tail.ahead).toBe(10_001);
    expect(tail.lines.length + (tail.ahead ?? 0)).toBe(60_001);
  });

  it('comes to the end by pages, without a gap or a double', async () => {
    const { tail, seqs } = await reading();
    tail.reading(50_000);
    for (let tries = 0; tries < 100 && tail.ahead !== null; tries += 1) {
      tail.newer();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(tail.ahead).toBeNull();
    const all = seqs();
    expect(all.at(-1)).toBe(60_001);
    expect(all.every((seq, i) => i === 0 || seq === (all[i - 1] ?? 0) + 1)).toBe(true);
  });

  it('comes to the end at once', async () => {
    const { tail, ends } = await reading();
    tail.toEnd();
    await vi.waitFor(() => expect(tail.ahead).toBeNull());
    expect(ends()[1]).toBe(60_001);
  });
});

describe('a link to a line', () => {
  it('opens at the line, also when it is not among the newest', async () => {
    const { tail, ends, send } = follow(
      lines(9_801, 10_000),
      archive(1, () => 10_000),
    );
    expect(await tail.openLine(3_000)).toBe(3_000);
    expect(ends()).toEqual([2_750, 3_249]);
    expect([tail.head, tail.ahead]).toEqual(['more', 0]);
    send({ lines: lines(10_001, 10_002) });
    expect([ends()[1], tail.ahead]).toEqual([3_249, 2]);
  });

  it('that is among the lines here asks nobody', async () => {
    const { tail, ends } = follow(lines(1, 100));
    expect(await tail.openLine(50)).toBe(50);
    expect(ends()).toEqual([1, 100]);
  });

  it('to a line that is no longer kept leads nowhere', async () => {
    const { tail } = follow(
      lines(501, 600),
      archive(500, () => 600),
    );
    expect(await tail.openLine(3)).toBeNull();
  });
});

describe('lines that were left out', () => {
  const note = (each: ReturnType<typeof follow>) =>
    each.tail.lines.find((entry): entry is LogNote => 'note' in entry);

  it('are marked where they were, and loaded in their place', async () => {
    const made = follow(
      lines(1, 3),
      archive(1, () => 5_000),
    );
    made.send({ lines: lines(4_001, 4_002), skipped: 3_997, skippedFrom: 4, skippedTo: 4_000 });
    const mark = note(made);
    expect(made.seqs()).toEqual([1, 2, 3, 3.5, 4_001, 4_002]);
    if (mark === undefined) throw new Error('there is no mark');
    made.tail.fill(mark);
    await vi.waitFor(() => expect(note(made)).toBeUndefined());
    expect(made.seqs()).toEqual(lines(1, 4_002).map(({ seq }) => seq));
    expect(made.tail.epoch).toBe(1);
  });

  it('are loaded 10,000 at a time; the rest keeps a mark', async () => {
    const made = follow(
      lines(1, 3),
      archive(1, () => 30_000),
    );
    made.send({ lines: [line(20_001)], skipped: 19_997, skippedFrom: 4, skippedTo: 20_000 });
    const mark = note(made);
    if (mark === undefined) throw new Error('there is no mark');
    made.tail.fill(mark);
    await vi.waitFor(() => expect(note(made)).not.toBe(mark));
    expect(note(made)?.skipped).toEqual({ from: 10_004, to: 20_000 });
  });
});

it('what was put away stays away until it is wanted again', async () => {
  const { tail, send, seqs, settled } = follow(
    lines(1, 5),
    archive(1, () => 7),
  );
  tail.clear();
  expect([seqs(), tail.head]).toEqual([[], 'cleared']);
  send({ lines: lines(4, 7) });
  expect(seqs()).toEqual([6, 7]);
  tail.older();
  await settled();
  expect(seqs()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

it('the state of the log is told', () => {
  const { heard, tail } = follow();
  expect(tail.state).toBeNull();
  heard().state('waiting');
  expect(tail.state).toBe('waiting');
});

it('what ends the following ends it on the connection', () => {
  const { stop, isStopped } = follow();
  stop();
  expect(isStopped()).toBe(true);
});
