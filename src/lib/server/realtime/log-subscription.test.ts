import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LogBatch, LogState } from '#lib/protocol/socket.ts';
import { LogTail } from '../streams/log-tail.ts';
import { TailBoard } from '../streams/tail-board.ts';
import { ScriptedLog } from '../streams/testing/scripted-log.ts';
import { pass, settled, useDrivenTime } from '../testing/driven-time.ts';
import { followLog, type LogSocket } from './log-subscription.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const MEGABYTE = 1024 * 1024;

/** A browser at the other end of a line that may be slow. */
class NotingSocket implements LogSocket {
  readonly raw = { bufferedAmount: 0 };
  readonly conn = { transport: { socket: this.raw } };
  readonly batches: LogBatch[] = [];
  readonly heard: string[] = [];

  emit(...[event, message]: ['log', LogBatch] | ['logState', LogState]): void {
    if (event === 'logState') this.heard.push(`(${message.state})`);
    else {
      this.batches.push(message);
      if (message.reset === true) this.heard.push('(reset)');
      if (message.skipped !== undefined) this.heard.push(`(${message.skipped} skipped)`);
      this.heard.push(...message.lines.map((line) => line.text));
    }
  }
}

function make() {
  const tails = new TailBoard();
  onTestFinished(() => {
    tails.close();
  });
  const socket = new NotingSocket();
  /** The agent's container starts. */
  const start = async (log = new ScriptedLog()) => {
    tails.follow('a1', () => new LogTail(log.open, log.isRunning));
    await settled();
    return log;
  };
  const end = async (log: ScriptedLog) => {
    log.running = false;
    log.end();
    await tails.get('a1')?.done;
  };
  return { tails, socket, start, end };
}

const soon = () => pass(100);

describe('following the log of an agent', () => {
  it('begins anew with the newest lines, and goes on with what comes', async () => {
    const { tails, socket, start } = make();
    const log = await start();
    log.write(1_000, 'one');
    await soon();
    followLog(tails, socket, 'a1', null);
    log.write(2_000, 'two');
    await soon();
    expect(socket.heard).toEqual(['(reset)', 'one', '(live)', 'two']);
    expect(socket.batches.every((batch) => batch.agentId === 'a1')).toBe(true);
  });

  it('begins with no more than 200 lines', async () => {
    const { tails, socket, start } = make();
    const log = await start();
    for (let at = 0; at < 300; at += 1) log.write(at * 1_000, String(at));
    await soon();
    followLog(tails, socket, 'a1', null);
    expect(socket.batches.flatMap((batch) => batch.lines)).toHaveLength(200);
  });

  it('goes on after the line that the browser has, without a reset', async () => {
    const { tails, socket, start } = make();
    const log = await start();
    for (const at of [1, 2, 3]) log.write(at * 1_000, String(at));
    await soon();
    const cursor = tails.get('a1')?.recent(10)[0];
    followLog(tails, socket, 'a1', cursor ?? null);
    expect(socket.heard).toEqual(['2', '3', '(live)']);
  });

  it('begins anew when what was missed is no longer kept', async () => {
    const { tails, socket, start } = make();
    const log = await start();
    for (let at = 0; at < 700; at += 1) log.write(at * 1_000, String(at));
    await soon();
    followLog(tails, socket, 'a1', { seq: 1, time: '' });
    expect(socket.heard.slice(0, 2)).toEqual(['(reset)', '500']);
  });

  it('empties the screen of a browser whose container was another one', async () => {
    const { tails, socket, start, end } = make();
    const first = await start();
    followLog(tails, socket, 'a1', null);
    first.write(1_000, 'one');
    await soon();
    await end(first);
    const second = await start();
    second.write(2_000, 'two');
    await soon();
    expect(socket.heard).toEqual(['(reset)', '(live)', 'one', '(ended)', '(reset)', '(live)', 'two']);
  });

  it('says that there is nothing to follow, and begins when there is', async () => {
    const { tails, socket, start } = make();
    followLog(tails, socket, 'a1', null);
    expect(socket.heard).toEqual(['(ended)']);
    const log = await start();
    log.write(1_000, 'one');
    await soon();
    expect(socket.heard).toEqual(['(ended)', '(reset)', '(live)', 'one']);
  });

  it('sends messages of at most 1,000 lines, and a reset only in the first', async () => {
    const { tails, socket, start } = make();
    const log = await start();
    followLog(tails, socket, 'a1', null);
    for (let at = 0; at < 2_500; at += 1) log.write(at * 1_000, '');
    await soon();
    expect(Math.max(...socket.batches.map((batch) => batch.lines.length))).toBeLessThanOrEqual(1_000);
    expect(socket.batches.flatMap((batch) => batch.lines)).toHaveLength(2_500);
    expect(socket.heard.filter((word) => word === '(reset)')).toHaveLength(1);
  });

  it('ends when it is told to, also for containers to come', async () => {
    const { tails, socket, start, end } = make();
    const log = await start();
    const stop = followLog(tails, socket, 'a1', null);
    stop();
    log.write(1_000, 'one');
    await soon();
    await end(log);
    await start();
    expect(socket.heard).toEqual(['(reset)', '(live)']);
  });
});

describe('a browser that is too slow', () => {
  async function slow() {
    const made = make();
    const log = await made.start();
    const stop = followLog(made.tails, made.socket, 'a1', null);
    made.socket.heard.length = 0;
    made.socket.raw.bufferedAmount = MEGABYTE;
    return { ...made, log, stop };
  }

  it('gets nothing until it has taken what was sent, then the rest in order', async () => {
    const { socket, log } = await slow();
    log.write(1_000, 'one');
    await soon();
    log.write(2_000, 'two');
    await pass(60_000);
    expect(socket.heard).toEqual([]);
    socket.raw.bufferedAmount = 0;
    log.write(3_000, 'three');
    await soon();
    expect(socket.heard).toEqual(['one', 'two', 'three']);
  });

  it('gets the newest 200 lines, and is told how many it missed', async () => {
    const { socket, log } = await slow();
    for (let at = 0; at < 1_000; at += 1) log.write(at * 1_000, String(at));
    await soon();
    socket.raw.bufferedAmount = MEGABYTE - 1;
    await soon();
    expect(socket.heard).toHaveLength(201);
    expect(socket.heard.slice(0, 2)).toEqual(['(800 skipped)', '800']);
    log.write(2_000_000, 'next');
    await soon();
    expect(socket.heard.slice(201)).toEqual(['next']);
  });

  it('does not get lines of the container before after those of the new one', async () => {
    const { socket, log, start, end } = await slow();
    log.write(1_000, 'old');
    await soon();
    await end(log);
    const second = await start();
    second.write(2_000, 'new');
    await soon();
    socket.raw.bufferedAmount = 0;
    await soon();
    expect(socket.heard.filter((word) => !word.startsWith('('))).toEqual(['new']);
  });

  it('leaves no timer behind when it goes', async () => {
    const { tails, log, stop } = await slow();
    log.write(1_000, 'one');
    await soon();
    stop();
    tails.close();
    await settled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('a transport that does not say what waits counts as quick', async () => {
  const { tails, socket, start } = make();
  const log = await start();
  Reflect.deleteProperty(socket.conn.transport, 'socket');
  followLog(tails, socket, 'a1', null);
  log.write(1_000, 'one');
  await soon();
  expect(socket.heard).toEqual(['(reset)', '(live)', 'one']);
});
