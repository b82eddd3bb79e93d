import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogBatch, LogState } from '#lib/protocol/socket.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import { FIRST_LINES, type LogTail } from '../streams/log-tail.ts';
import type { TailBoard } from '../streams/tail-board.ts';
import { LogSending, type LogOutlet } from './log-sending.ts';

/** What is needed of a socket here. */
export interface LogSocket extends LogOutlet {
  emit(event: 'log', batch: LogBatch): unknown;
  emit(event: 'logState', state: LogState): unknown;
}

/** What is read of the archive. */
export interface PastLog {
  from(agentId: AgentId, fromSeq: number, count: number): Promise<readonly LogLine[]>;
  count(agentId: AgentId, afterSeq: number, beforeSeq: number): Promise<number>;
}

/** So many lines that a page missed are sent without being asked for. */
const MOST_MISSED = 1_000;

/**
 * Sends an agent's lines to one socket: what it missed after `cursor` (or the newest 200), then what comes, also over the starts of the
 * container and over the containers to come. Gives what ends it.
 */
export function followLog(
  tails: TailBoard,
  past: PastLog,
  socket: LogSocket,
  agentId: AgentId,
  cursor: { readonly seq: number } | null,
): () => void {
  const sending = new LogSending(socket, agentId);
  let stopReading: () => void = () => undefined;
  let reading = 0;
  let lastSeq = cursor?.seq ?? null;

  async function read(tail: LogTail): Promise<void> {
    stopReading();
    reading += 1;
    const mine = reading;
    await tail.ready;
    const missed = lastSeq === null ? null : await missedSince(tail, lastSeq);
    if (mine !== reading) return;
    begin(tail, missed);
    stopReading = tail.subscribe({
      weight: 'full',
      lines: (lines) => {
        const known = lastSeq;
        // after a crash of ours a page may be ahead of the archive, from where the log is read again
        const news = known === null ? lines : lines.filter((line) => line.seq > known);
        lastSeq = news.at(-1)?.seq ?? lastSeq;
        if (news.length > 0) sending.offer(news);
      },
      state: (state) => {
        socket.emit('logState', { agentId, state });
      },
    });
  }

  /** `missed`: how many lines lie between what the page has and memory, and those lines when they are few. */
  function begin(tail: LogTail, missed: Missed | null): void {
    const since = missed?.lines.at(-1)?.seq ?? lastSeq;
    const inMemory = since === null ? null : tail.after({ seq: since });
    if (missed !== null && inMemory !== null && missed.left === 0) {
      sending.offer([...missed.lines, ...inMemory]);
      lastSeq = inMemory.at(-1)?.seq ?? since;
      return;
    }
    const newest = tail.recent(FIRST_LINES);
    sending.restart(newest, lastSeq === null ? null : leftOf(missed, lastSeq));
    lastSeq = newest.at(-1)?.seq ?? lastSeq;
  }

  async function missedSince(tail: LogTail, seq: number): Promise<Missed> {
    if (tail.after({ seq }) !== null) return { lines: [], left: 0 };
    const oldest = tail.recent(FIRST_LINES)[0]?.seq ?? Number.MAX_SAFE_INTEGER;
    const count = await past.count(agentId, seq, oldest);
    if (count > MOST_MISSED) return { lines: [], left: count };
    return { lines: await past.from(agentId, seq + 1, count + FIRST_LINES), left: 0 };
  }

  const now = tails.get(agentId);
  if (now !== undefined) void read(now);
  else socket.emit('logState', { agentId, state: 'ended' });
  const stopWaiting = tails.onNew(agentId, (tail) => {
    void read(tail);
  });
  return () => {
    reading += 1;
    stopWaiting();
    stopReading();
    sending.close();
  };
}

interface Missed {
  readonly lines: readonly LogLine[];
  readonly left: number;
}

function leftOf(missed: Missed | null, afterSeq: number) {
  return { afterSeq, lines: missed === null ? 0 : missed.left + missed.lines.length };
}
