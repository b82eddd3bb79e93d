import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { pass, settled, useDrivenTime } from '../testing/driven-time.ts';
import { LogTail } from './log-tail.ts';
import { NotingReader, ScriptedLog, timeAt } from './testing/scripted-log.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const BATCH_MS = 30;

async function follow(log = new ScriptedLog(), reader = new NotingReader()) {
  const tail = new LogTail({ open: log.open, isRunning: log.isRunning });
  onTestFinished(() => {
    tail.close();
  });
  const unsubscribe = tail.subscribe(reader);
  await settled();
  return { log, reader, tail, unsubscribe };
}

/** Until everything that is on its way has come, and a break was overcome. */
const later = () => pass(6_000);

describe('following', () => {
  it('begins with the newest 200 lines', async () => {
    const log = new ScriptedLog();
    for (let count = 0; count < 250; count += 1) log.keep(count * 1_000, `line ${count}`);
    const { reader } = await follow(log);
    await pass(BATCH_MS);
    expect(log.asked).toMatchObject([{ follow: true, tail: 200, since: null }]);
    expect(reader.texts).toHaveLength(200);
    expect(reader.texts[0]).toBe('line 50');
  });

  it('gives lines together, at most once in 30 ms', async () => {
    const { log, reader } = await follow();
    log.write(1_000, 'one');
    log.write(2_000, 'two', 'stderr');
    await pass(BATCH_MS - 1);
    expect(reader.batches).toEqual([]);
    await pass(1);
    log.write(3_000, 'three');
    await pass(BATCH_MS);
    expect(reader.batches.map((batch) => batch.map((line) => [line.text, line.stream, line.time]))).toEqual([
      [
        ['one', 'stdout', timeAt(1_000)],
        ['two', 'stderr', timeAt(2_000)],
      ],
      [['three', 'stdout', timeAt(3_000)]],
    ]);
  });

  it('gives a lot at once without waiting', async () => {
    const { log, reader } = await follow();
    for (let count = 0; count < 10; count += 1) log.write(count * 1_000, 'x'.repeat(10_000));
    await settled();
    expect(reader.texts.length).toBeGreaterThan(5);
  });

  it('opens the log once for all readers', async () => {
    const { log, tail, reader } = await follow();
    const second = new NotingReader('light');
    tail.subscribe(second);
    log.write(1_000, 'one');
    await later();
    expect(log.asked).toHaveLength(1);
    expect([reader.texts, second.texts]).toEqual([['one'], ['one']]);
  });

  it('gives a reader what comes after it subscribed; what was before is there to be asked for', async () => {
    const { log, tail } = await follow();
    log.write(1_000, 'one');
    await settled();
    const second = new NotingReader();
    tail.subscribe(second);
    log.write(2_000, 'two');
    await later();
    expect(second.heard).toEqual(['(live)', 'two']);
    expect(tail.recent(10).map((line) => line.text)).toEqual(['one', 'two']);
    expect(tail.lastLine?.text).toBe('two');
  });

  it('tells nothing more to who unsubscribed', async () => {
    const { log, reader, unsubscribe } = await follow();
    unsubscribe();
    log.write(1_000, 'one');
    await later();
    expect(reader.texts).toEqual([]);
  });
});

describe('after a break', () => {
  it('goes on from the last line, without a gap and without a double', async () => {
    const { log, reader } = await follow();
    log.write(1_000, 'one');
    log.write(2_000, 'two');
    await settled();
    log.break();
    log.keep(3_000, 'three');
    await later();
    log.write(4_000, 'four');
    await later();
    expect(log.asked.at(-1)).toMatchObject({ follow: true, tail: null, since: timeAt(2_000) });
    expect(reader.texts).toEqual(['one', 'two', 'three', 'four']);
  });

  it('tells lines of the very same time apart', async () => {
    const { log, reader } = await follow();
    log.write(1_000, 'one');
    log.write(1_000, 'one');
    await settled();
    log.break();
    log.keep(1_000, 'one');
    await later();
    log.break();
    log.keep(2_000, 'two');
    await later();
    expect(reader.texts).toEqual(['one', 'one', 'one', 'two']);
  });

  it('goes on from the earlier of the two streams', async () => {
    const { log, reader } = await follow();
    log.write(1_000, 'error', 'stderr');
    log.write(2_000, 'two');
    await settled();
    log.break();
    log.keep(3_000, 'worse', 'stderr');
    await later();
    expect(log.asked.at(-1)?.since).toBe(timeAt(1_000));
    expect(reader.texts).toEqual(['error', 'two', 'worse']);
  });

  it('gives a half line once, whole', async () => {
    const { log, reader } = await follow();
    log.write(1_000, 'one');
    await settled();
    log.end();
    log.keep(2_000, 'two');
    await later();
    expect(reader.texts).toEqual(['one', 'two']);
  });

  it('says that it waits while the engine is away, and that it is live when it is back', async () => {
    const { log, reader } = await follow();
    log.away = true;
    log.running = null;
    log.break();
    await pass(60_000);
    expect(reader.heard).toEqual(['(live)', '(waiting)']);
    expect(log.asked.length).toBeLessThan(20);
    log.away = false;
    log.running = true;
    await later();
    log.write(1_000, 'one');
    await later();
    expect(reader.heard).toEqual(['(live)', '(waiting)', '(live)', 'one']);
  });

  it('says nothing when the stream merely closed and the container runs on', async () => {
    const { log, reader } = await follow();
    log.end();
    await later();
    log.write(1_000, 'one');
    await later();
    expect(reader.heard).toEqual(['(live)', 'one']);
    expect(log.followers).toBe(1);
  });
});

describe('the end of the container', () => {
  it('is told after the last line, also when only reading again shows that', async () => {
    const { log, reader, tail } = await follow();
    log.write(1_000, 'one');
    await settled();
    log.keep(2_000, 'password: ', 'stdout', '');
    log.running = false;
    log.end();
    await tail.done;
    expect(reader.heard).toEqual(['(live)', 'one', 'password: ', '(ended)']);
    expect(log.asked.at(-1)).toMatchObject({ follow: false, tail: null, since: timeAt(1_000) });
    expect(tail.state).toBe('ended');
  });

  it('is told when it came while the engine was away', async () => {
    const { log, reader } = await follow();
    log.away = true;
    log.running = null;
    log.break();
    await later();
    log.running = false;
    await later();
    expect(reader.heard).toEqual(['(live)', '(waiting)', '(ended)']);
  });

  it('is told at once to who subscribes then, and the lines can still be asked for', async () => {
    const { log, tail } = await follow();
    log.write(1_000, 'one');
    await settled();
    log.running = false;
    log.end();
    await tail.done;
    const late = new NotingReader();
    tail.subscribe(late);
    expect(late.heard).toEqual(['(ended)']);
    expect(tail.recent(1).map((line) => line.text)).toEqual(['one']);
  });
});

describe('the ring', () => {
  async function filled(weight: 'light' | 'full', count: number, text: (at: number) => string) {
    const made = await follow(new ScriptedLog(), new NotingReader(weight));
    for (let at = 0; at < count; at += 1) {
      made.log.write(at * 1_000, text(at));
      if (at % 100 === 99) await settled();
    }
    await later();
    return made;
  }

  it('has 500 lines when nobody looks, and the newest', async () => {
    const { tail } = await filled('light', 600, String);
    expect(tail.recent(10_000).map((line) => line.text)).toEqual(
      Array.from({ length: 500 }, (_, at) => String(at + 100)),
    );
  });

  it('has 5,000 while somebody looks, and shrinks when nobody does any more', async () => {
    const { tail, unsubscribe } = await filled('full', 5_200, String);
    expect(tail.recent(10_000)).toHaveLength(5_000);
    unsubscribe();
    expect(tail.recent(10_000)).toHaveLength(500);
    expect(tail.lastLine?.text).toBe('5199');
  });

  it.each([
    ['light', 200 * 1024],
    ['full', 2 * 1024 * 1024],
  ] as const)('of long lines has no more bytes than it may (%s)', async (weight, bytes) => {
    const { tail } = await filled(weight, 60, () => 'x'.repeat(60_000));
    const kept = tail.recent(10_000);
    expect(kept.length).toBe(Math.floor(bytes / 60_064));
  });

  it('gives as many as asked for, and none for none', async () => {
    const { tail } = await filled('light', 10, String);
    expect(tail.recent(3).map((line) => line.text)).toEqual(['7', '8', '9']);
    expect(tail.recent(0)).toEqual([]);
  });
});

describe('what somebody missed', () => {
  const cursor = (line: { seq: number; time: string } | undefined) => ({
    seq: line?.seq ?? 0,
    time: line?.time ?? '',
  });

  it('are the lines after the one that he has', async () => {
    const { log, tail } = await follow();
    for (let at = 0; at < 5; at += 1) log.write(at * 1_000, String(at));
    await settled();
    const lines = tail.recent(5);
    expect(tail.after(cursor(lines[2]))?.map((line) => line.text)).toEqual(['3', '4']);
    expect(tail.after(cursor(lines[4]))).toEqual([]);
  });

  it('is nothing when nothing came yet', async () => {
    const { tail } = await follow();
    expect(tail.after({ seq: 5 })).toEqual([]);
  });

  it('is unknown when the ring no longer reaches back to it', async () => {
    const { log, tail, unsubscribe } = await follow();
    log.write(0, 'first');
    await settled();
    const first = cursor(tail.recent(1)[0]);
    unsubscribe();
    for (let at = 1; at <= 600; at += 1) log.write(at * 1_000, String(at));
    await later();
    expect(tail.after(first)).toBeNull();
  });

  it('is unknown also when a few long lines pushed the others out', async () => {
    const { log, tail, unsubscribe } = await follow();
    log.write(0, 'first');
    await settled();
    const first = cursor(tail.recent(1)[0]);
    unsubscribe();
    for (let at = 1; at <= 10; at += 1) log.write(at * 1_000, 'x'.repeat(60_000));
    await later();
    expect(tail.recent(100).length).toBeLessThan(10);
    expect(tail.after(first)).toBeNull();
  });
});

describe('closing', () => {
  it('ends the upstream and opens no other', async () => {
    const { log, reader, tail } = await follow();
    log.write(1_000, 'one');
    await later();
    tail.close();
    await tail.done;
    log.write(2_000, 'two');
    await pass(60_000);
    expect(log.asked).toHaveLength(1);
    expect(log.asked[0]?.signal.aborted).toBe(true);
    expect(reader.texts).toEqual(['one']);
  });

  it('also ends the waiting for an engine that is away', async () => {
    const { log, tail } = await follow();
    log.away = true;
    log.running = null;
    log.break();
    await later();
    const asked = log.asked.length;
    tail.close();
    await tail.done;
    await pass(60_000);
    expect(log.asked).toHaveLength(asked);
    expect(vi.getTimerCount()).toBe(0);
  });
});
