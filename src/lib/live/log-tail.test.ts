import { describe, expect, it } from 'vitest';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogBatch } from '#lib/protocol/socket.ts';
import { LogTail } from './log-tail.svelte.ts';
import type { Line, LogListener } from './socket.svelte.ts';

const line = (seq: number): LogLine => ({
  seq,
  time: `2026-03-01T12:00:00.${String(seq).padStart(9, '0')}Z`,
  stream: 'stdout',
  text: String(seq),
});
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => line(from + n));

/** A log in a page, and the listener that it gave to the connection. */
function follow(first: readonly LogLine[] = []) {
  const tail = new LogTail(first);
  let listener: LogListener | null = null;
  let stopped = false;
  const connection: Pick<Line, 'followLog'> = {
    followLog: (_agentId, given) => {
      listener = given;
      return () => {
        stopped = true;
      };
    },
  };
  const stop = Reflect.apply(tail.follow.bind(tail), undefined, [connection, 'a']) as () => void;
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

  it('begin anew where the log could not be followed without a gap', () => {
    const { send, seqs } = follow(lines(1, 3));
    send({ lines: lines(500, 502), reset: true });
    expect(seqs()).toEqual([500, 501, 502]);
  });

  it('stay when there is nothing new to begin with', () => {
    const { send, seqs } = follow(lines(1, 3));
    send({ lines: [], reset: true });
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('are no more than 55,000; the oldest go', () => {
    const { send, tail } = follow();
    for (let from = 1; from <= 60_000; from += 1_000) send({ lines: lines(from, from + 999) });
    expect(tail.lines.length).toBeLessThanOrEqual(55_000);
    expect(tail.lines.length).toBeGreaterThanOrEqual(50_000);
    expect(tail.lines.at(-1)?.seq).toBe(60_000);
  });

  it('count those that this browser was too slow for', () => {
    const { send, tail } = follow();
    send({ lines: lines(10, 11), skipped: 9 });
    send({ lines: lines(20, 21), skipped: 8 });
    expect(tail.skipped).toBe(17);
  });
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
