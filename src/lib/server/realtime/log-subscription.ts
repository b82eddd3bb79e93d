import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogBatch, LogState } from '#lib/protocol/socket.ts';
import { FIRST_LINES, type LogTail } from '../streams/log-tail.ts';
import type { TailBoard } from '../streams/tail-board.ts';

/** What is needed of a socket here. */
export interface LogSocket {
  emit(event: 'log', batch: LogBatch): unknown;
  emit(event: 'logState', state: LogState): unknown;
  readonly conn: { readonly transport: object };
}

/** So much may wait for a browser; beyond it lines are left out and counted. Bytes. */
const HIGH_WATER = 1024 * 1024;
/** Lines in one message. */
const LARGEST_BATCH = 1_000;

/**
 * Sends an agent's lines to one socket: what it missed after `cursor` (or the newest 200), then what comes, also over the starts of the
 * container to come. Gives what ends it.
 */
export function followLog(
  tails: TailBoard,
  socket: LogSocket,
  agentId: string,
  cursor: { readonly seq: number; readonly time: string } | null,
): () => void {
  let skipped = 0;
  let stopReading: () => void = () => undefined;
  let waiting: LogLine[] = [];
  let timer: NodeJS.Timeout | null = null;

  function send(lines: readonly LogLine[], reset = false): void {
    for (let at = 0; at < lines.length; at += LARGEST_BATCH) {
      const part = lines.slice(at, at + LARGEST_BATCH);
      socket.emit('log', {
        agentId,
        lines: part,
        ...(skipped > 0 ? { skipped } : {}),
        ...(reset && at === 0 ? { reset: true } : {}),
      });
      skipped = 0;
    }
    if (lines.length === 0 && reset) socket.emit('log', { agentId, lines: [], reset: true });
  }

  /** What the transport has not yet taken over. */
  function backlog(): number {
    const raw: unknown = Reflect.get(socket.conn.transport, 'socket');
    const bytes: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'bufferedAmount') : 0;
    return typeof bytes === 'number' ? bytes : 0;
  }

  function offer(lines: readonly LogLine[]): void {
    if (timer === null && backlog() < HIGH_WATER) {
      send(lines);
      return;
    }
    for (const line of lines) waiting.push(line);
    if (waiting.length > FIRST_LINES) {
      skipped += waiting.length - FIRST_LINES;
      waiting = waiting.slice(-FIRST_LINES);
    }
    timer ??= setInterval(drain, 50);
  }

  function drain(): void {
    if (backlog() >= HIGH_WATER) return;
    if (timer !== null) clearInterval(timer);
    timer = null;
    const lines = waiting;
    waiting = [];
    send(lines);
  }

  function read(tail: LogTail, after: { readonly seq: number; readonly time: string } | null): void {
    stopReading();
    // what still waits is of the container before
    waiting = [];
    skipped = 0;
    const missed = after === null ? null : tail.after(after);
    send(missed ?? tail.recent(FIRST_LINES), missed === null);
    stopReading = tail.subscribe({
      weight: 'full',
      lines: offer,
      state: (state) => {
        socket.emit('logState', { agentId, state });
      },
    });
  }

  const now = tails.get(agentId);
  if (now !== undefined) read(now, cursor);
  else socket.emit('logState', { agentId, state: 'ended' });
  const stopWaiting = tails.onNew(agentId, (tail) => {
    read(tail, null);
  });
  return () => {
    stopWaiting();
    stopReading();
    if (timer !== null) clearInterval(timer);
  };
}
