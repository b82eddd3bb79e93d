import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AgentId } from '#lib/domain/ids.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogBatch, LogState } from '#lib/protocol/socket.ts';
import { LogTail } from '../streams/log-tail.ts';
import { TailBoard } from '../streams/tail-board.ts';
import { ScriptedLog } from '../streams/testing/scripted-log.ts';
import { pass, settled, useDrivenTime } from '../testing/driven-time.ts';
import { followLog, type LogSocket, type PastLog } from './log-subscription.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const MEGABYTE = 1024 * 1024;
/** Nothing was archived. */
const past: PastLog = { from: () => Promise.resolve([]), count: () => Promise.resolve(0) };

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
    tails.follow('a1', () => new LogTail({ open: log.open, isRunning: log.isRunning }));
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
    followLog(tails, past, socket, 'a1' as AgentId, null);
    await settled();
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
    followLog(tails, past, socket, 'a1' as AgentId, null);
    await settled();
    expect(socket.batches.flatMap((batch) => batch.lines)).toHaveLength(200);
  });

  it('goes on after the line that the browser has, without a reset', async () => {
    const { tails, socket, start } = make();
    const log = await start();
    for (const at of [1, 2, 3]) log.write(at * 1_000, String(at));
    await soon();
    const cursor = tails.get('a1')?.recent(10)[0];
    followLog(tails, past, socket, 'a1' as AgentId, cursor ?? null);
    await settled();
    expect(socket.heard).toEqual(['2', '3', '(live)']);
  });

  it('begins anew when what was missed is no longer kept', async () => {
    const { tails, socket, start } = make();
    const log = await start();
    for (let at = 0; at < 700; at += 1) log.write(at * 1_000, String(at));
    await soon();
    followLog(tails, past, socket, 'a1' as AgentId, { seq: 1 });
    await settled();
    expect(socket.heard.slice(0, 2)).toEqual(['(reset)', '500']);
  });

  it('goes on in one log when the container is another one', async () => {
    const { tails, socket, start, end } = make();
    const first = await start();
    followLog(tails, past, socket, 'a1' as AgentId, null);
    await settled();
    first.write(1_000, 'one');
    await soon();
    await end(first);
    const second = await start();
    second.write(2_000, 'two');
    await soon();
    expect(socket.heard).toEqual(['(reset)', '(live)', 'one', '(ended)', '(live)', 'two']);
  });

  it('sends what is only in the archive when it is not much', async () => {
    const { tails, socket, start } = make();
    const log = await start();
    for (let at = 1; at <= 700; at += 1) log.write(at * 1_000, String(at));
    await soon();
    const oldest = tails.get('a1')?.recent(1_000)[0];
    const old = { ...partOf(oldest), seq: partOf(oldest).seq - 1, text: 'archived' };
    const archive: PastLog = {
      count: () => Promise.resolve(1),
      from: (_id, _seq, count) =>
        Promise.resolve([old, ...(tails.get('a1')?.recent(1_000) ?? [])].slice(0, count)),
    };
    followLog(tails, archive, socket, 'a1' as AgentId, { seq: old.seq - 1 });
    await soon();
    expect(socket.heard.slice(0, 2)).toEqual(['archived', '201']);
    expect(socket.heard).toHaveLength(502);
  });

  it('says which lines lie between what a page has and the newest, when they are many', async () => {
    const { tails, socket, start } = make();
    const log = await start();
    for (let at = 1; at <= 700; at += 1) log.write(at * 1_000, String(at));
    await soon();
    const archive: PastLog = { count: () => Promise.resolve(5_000), from: () => Promise.resolve([]) };
    followLog(tails, archive, socket, 'a1' as AgentId, { seq: 7 });
    await soon();
    expect(socket.heard.slice(0, 3)).toEqual(['(reset)', '(5000 skipped)', '501']);
    const [batch] = socket.batches;
    expect(batch).toMatchObject({ skippedFrom: 8, skippedTo: (batch?.lines[0]?.seq ?? 0) - 1 });
  });

  it('does not repeat what a page has when the log is read again from before it', async () => {
    const { tails, socket, start } = make();
    const log = await start();
    followLog(tails, past, socket, 'a1' as AgentId, null);
    await settled();
    log.write(1_000, 'one');
    await soon();
    const ahead = { seq: partOf(tails.get('a1')?.lastLine).seq + 1 };
    const other = new NotingSocket();
    followLog(tails, past, other, 'a1' as AgentId, ahead);
    await settled();
    log.write(2_000, 'two');
    log.write(3_000, 'three');
    await soon();
    expect(other.heard).toEqual(['(live)', 'three']);
  });

  it('says that there is nothing to follow, and begins when there is', async () => {
    const { tails, socket, start } = make();
    followLog(tails, past, socket, 'a1' as AgentId, null);
    await settled();
    expect(socket.heard).toEqual(['(ended)']);
    const log = await start();
    log.write(1_000, 'one');
    await soon();
    expect(socket.heard).toEqual(['(ended)', '(reset)', '(live)', 'one']);
  });

  it('sends messages of at most 1,000 lines, and a reset only in the first', async () => {
    const { tails, socket, start } = make();
    const log = await start();
    followLog(tails, past, socket, 'a1' as AgentId, null);
    await settled();
    for (let at = 0; at < 2_500; at += 1) log.write(at * 1_000, '');
    await pass(300);
    expect(Math.max(...socket.batches.map((batch) => batch.lines.length))).toBeLessThanOrEqual(1_000);
    expect(socket.batches.flatMap((batch) => batch.lines)).toHaveLength(2_500);
    expect(socket.heard.filter((word) => word === '(reset)')).toHaveLength(1);
  });

  it('ends when it is told to, also for containers to come', async () => {
    const { tails, socket, start, end } = make();
    const log = await start();
    const stop = followLog(tails, past, socket, 'a1' as AgentId, null);
    await settled();
    stop();
    log.write(1_000, 'one');
    await soon();
    await end(log);
    await start();
    expect(socket.heard).toEqual(['(reset)', '(live)']);
  });
});

function partOf(line: LogLine | undefined): LogLine {
  if (line === undefined) throw new Error('there is no line');
  return line;
}

describe('a browser that is too slow', () => {
  async function slow() {
    const made = make();
    const log = await made.start();
    const stop = followLog(made.tails, past, made.socket, 'a1' as AgentId, null);
    await settled();
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

  it('gets the newest lines, and is told which it missed', async () => {
    const { socket, log } = await slow();
    for (let at = 0; at < 4_000; at += 1) {
      log.write(at * 1_000, String(at));
      if (at % 500 === 0) await settled();
    }
    await soon();
    socket.raw.bufferedAmount = MEGABYTE - 1;
    await pass(300);
    const [first] = socket.batches.slice(1);
    const lines = socket.batches.slice(1).flatMap((batch) => batch.lines);
    expect(lines.length).toBeLessThanOrEqual(2_000);
    expect(lines.at(-1)?.text).toBe('3999');
    expect(first?.skipped).toBe(4_000 - lines.length);
    expect(first?.skippedTo).toBeLessThan(lines[0]?.seq ?? 0);
    expect((first?.skippedTo ?? 0) - (first?.skippedFrom ?? 0)).toBe((first?.skipped ?? 0) - 1);
  });

  it('gets lines of the container before in front of those of the new one', async () => {
    const { socket, log, start, end } = await slow();
    log.write(1_000, 'old');
    await soon();
    await end(log);
    const second = await start();
    second.write(2_000, 'new');
    await soon();
    socket.raw.bufferedAmount = 0;
    await soon();
    expect(socket.heard.filter((word) => !word.startsWith('('))).toEqual(['old', 'new']);
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
  followLog(tails, past, socket, 'a1' as AgentId, null);
  await settled();
  log.write(1_000, 'one');
  await soon();
  expect(socket.heard).toEqual(['(reset)', '(live)', 'one']);
});
