import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { MergedLog } from './merged-log.svelte.ts';
import type { LogListener } from './socket.svelte.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const START = Date.UTC(2026, 2, 1, 12);

function line(ms: number, text: string, seq = ms + 1): LogLine {
  const time = `${new Date(START + ms).toISOString().slice(0, -1)}000000Z`;
  return { seq, time, stream: 'stdout', text };
}

function followed(...agentIds: string[]) {
  const listeners = new Map<string, LogListener>();
  const stopped: string[] = [];
  const log = new MergedLog();
  const stop = log.follow(
    {
      followLog: (agentId, listener) => {
        listeners.set(agentId, listener);
        return () => stopped.push(agentId);
      },
    },
    agentIds,
  );
  const say = (agentId: string, ...lines: readonly LogLine[]) => {
    listeners.get(agentId)?.batch({ agentId, lines });
  };
  return { log, stop, stopped, say, listeners };
}

const texts = (log: MergedLog) => log.lines.map((entry) => ('text' in entry ? entry.text : ''));
const isGrowing = (log: MergedLog) =>
  log.lines.every((entry, at) => at === 0 || entry.seq > (log.lines[at - 1]?.seq ?? Infinity));

describe('a merged log', () => {
  it('puts lines of several agents in the order of time, however they come', () => {
    const { log, say } = followed('a', 'b');
    say('a', line(0, 'a0'), line(200, 'a200'));
    say('b', line(100, 'b100'));
    vi.advanceTimersByTime(60);
    say('b', line(150, 'b150'));
    expect(texts(log)).toEqual([]);
    vi.advanceTimersByTime(300);
    expect(texts(log)).toEqual(['a0', 'b100', 'b150', 'a200']);
    expect(isGrowing(log)).toBe(true);
    expect(log.epoch).toBe(0);
  });

  it('shows a line after a moment, also while others go on coming', () => {
    const { log, say } = followed('a', 'b');
    for (let at = 0; at < 20; at += 1) {
      say(at % 2 === 0 ? 'a' : 'b', line(at * 50, String(at)));
      vi.advanceTimersByTime(50);
    }
    expect(log.lines.length).toBeGreaterThan(14);
    expect(texts(log)).toEqual(Array.from({ length: log.lines.length }, (_, at) => String(at)));
  });

  it('keeps the order of one agent among lines of one time', () => {
    const { log, say } = followed('a', 'b');
    say('b', line(0, 'b1', 1), line(0, 'b2', 2));
    say('a', line(0, 'a1', 1), line(0, 'a2', 2));
    vi.advanceTimersByTime(300);
    expect(texts(log)).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(isGrowing(log)).toBe(true);
  });

  it('puts what comes much later between the others, and says that it did', () => {
    const { log, say } = followed('a', 'b');
    say('a', line(0, 'a0'), line(1_000, 'a1000'), line(2_000, 'a2000'));
    vi.advanceTimersByTime(300);
    const [kept] = log.lines;
    say('b', line(500, 'b500'));
    vi.advanceTimersByTime(300);
    expect(texts(log)).toEqual(['a0', 'b500', 'a1000', 'a2000']);
    expect(isGrowing(log)).toBe(true);
    expect(log.epoch).toBe(1);
    expect(log.lines[0]).toBe(kept);
  });

  it('does not show twice what it has, and goes on after it', () => {
    const { log, say, listeners } = followed('a');
    say('a', line(0, 'one'), line(1, 'two'));
    say('a', line(1, 'two'), line(2, 'three'));
    vi.advanceTimersByTime(300);
    expect(texts(log)).toEqual(['one', 'two', 'three']);
    expect(listeners.get('a')?.cursor()).toMatchObject({ seq: 3 });
  });

  it('is live when one of its agents is', () => {
    const { log, listeners } = followed('a', 'b');
    expect(log.state).toBeNull();
    listeners.get('a')?.state('ended');
    expect(log.state).toBe('ended');
    listeners.get('b')?.state('live');
    expect(log.state).toBe('live');
  });

  it('counts what was left out', () => {
    const { log, listeners } = followed('a');
    listeners.get('a')?.batch({ agentId: 'a', lines: [], skipped: 7 });
    expect(log.skipped).toBe(7);
  });

  it('keeps a bounded number of lines, the newest', () => {
    const { log, say } = followed('a');
    say('a', ...Array.from({ length: 30_000 }, (_, at) => line(at, String(at))));
    vi.advanceTimersByTime(300);
    expect(log.lines).toHaveLength(20_000);
    expect(texts(log).at(-1)).toBe('29999');
  });

  it('shows what it held back when it ends, and leaves no timer', () => {
    const { log, say, stop, stopped } = followed('a', 'b');
    say('a', line(0, 'last'));
    stop();
    expect(texts(log)).toEqual(['last']);
    expect(stopped).toEqual(['a', 'b']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
