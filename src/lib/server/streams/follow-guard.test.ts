import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { pass, settled, useDrivenTime } from '../testing/driven-time.ts';
import { LogTail } from './log-tail.ts';
import { NotingReader, ScriptedLog } from './testing/scripted-log.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const SECOND = 1_000_000_000;

/** A log whose files are small enough that a jump of 10 ms may hide one. */
async function follow() {
  const log = new ScriptedLog();
  const reader = new NotingReader();
  const tail = new LogTail({ open: log.open, isRunning: log.isRunning, fileBytes: 1_000_000 });
  onTestFinished(() => {
    tail.close();
  });
  tail.subscribe(reader);
  await settled();
  const follows = () => log.asked.filter((each) => each.follow).length;
  return { log, reader, follows };
}

describe('a follow that skips lines', () => {
  it('is opened anew before the line after them, and they come in their place', async () => {
    const { log, reader, follows } = await follow();
    log.write(1 * SECOND, 'one');
    await settled();
    log.keep(1.5 * SECOND, 'two');
    log.write(2 * SECOND, 'three');
    await pass(1_000);
    expect(reader.texts).toEqual(['one', 'two', 'three']);
    expect(follows()).toBe(2);
  });

  it('leaves a mark when the engine no longer has them', async () => {
    const { log, reader } = await follow();
    log.write(1 * SECOND, 'one');
    await settled();
    log.forget();
    log.write(2 * SECOND, 'three');
    await pass(1_000);
    expect(reader.batches.flat().map((line) => line.gap !== undefined || line.text)).toEqual([
      'one',
      true,
      'three',
    ]);
  });

  it('is not suspected when there is nothing between two lines, nor opened anew', async () => {
    const { log, reader, follows } = await follow();
    log.write(1 * SECOND, 'one');
    await settled();
    log.write(2 * SECOND, 'two');
    await pass(1_000);
    expect(reader.texts).toEqual(['one', 'two']);
    expect(follows()).toBe(1);
  });

  it('is not even asked about when lines come as they are written', async () => {
    const { log, reader } = await follow();
    log.write(1 * SECOND, 'one');
    await pass(1_000);
    const asked = log.asked.length;
    log.write(2 * SECOND, 'two');
    await pass(1_000);
    expect(reader.texts).toEqual(['one', 'two']);
    expect(log.asked).toHaveLength(asked);
  });

  it('is not asked about over what was there when it was opened', async () => {
    const log = new ScriptedLog();
    for (let n = 1; n <= 20; n += 1) log.keep(n * SECOND, String(n));
    const tail = new LogTail({ open: log.open, isRunning: log.isRunning, fileBytes: 1_000_000 });
    onTestFinished(() => {
      tail.close();
    });
    await pass(1_000);
    expect(tail.recent(100)).toHaveLength(20);
    expect(log.asked.map(({ follow: isFollow, tail: count }) => [isFollow, count])).toEqual([
      [false, 1],
      [true, 200],
    ]);
  });
});

describe('a follow that fell silent', () => {
  it('is opened anew when the engine has lines that did not come', async () => {
    const { log, reader, follows } = await follow();
    log.write(1 * SECOND, 'one');
    await settled();
    log.keep(2 * SECOND, 'two');
    await pass(20_000);
    expect(reader.texts).toEqual(['one', 'two']);
    expect(follows()).toBe(2);
  });

  it('is asked about less and less often while there is nothing', async () => {
    const { log, follows } = await follow();
    log.write(1 * SECOND, 'one');
    await pass(600_000);
    expect(follows()).toBe(1);
    expect(log.asked.length).toBeLessThan(12);
  });
});
