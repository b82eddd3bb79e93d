import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogBatch } from '#lib/protocol/socket.ts';

export interface LogOutlet {
  emit(event: 'log', batch: LogBatch): unknown;
  readonly conn: { readonly transport: object };
}

/** So much may wait for a browser; beyond it lines are left out and counted. Bytes. */
const HIGH_WATER = 1024 * 1024;
/** Lines in one message, and in one turn: nobody reads more, and each costs time for every browser that looks. */
const LARGEST_BATCH = 1_000;
const TURN_MS = 50;
/** When more wait than this, only the newest few stay. */
const MOST_WAITING = 2_000;
const KEPT_OF_A_FLOOD = 200;

/** Lines on their way to one browser. What is too much for it, or for anybody, is left out with a mark of which lines they were. */
export class LogSending {
  readonly #outlet: LogOutlet;
  readonly #agentId: string;
  #waiting: LogLine[] = [];
  #skipped: { lines: number; from: number; to: number } | null = null;
  #sentInTurn = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(outlet: LogOutlet, agentId: string) {
    this.#outlet = outlet;
    this.#agentId = agentId;
  }

  offer(lines: readonly LogLine[]): void {
    for (const line of lines) this.#waiting.push(line);
    this.#drain();
  }

  /** The newest lines in place of what is on screen. `left` are those in between, which were not sent. */
  restart(
    newest: readonly LogLine[],
    left: { readonly afterSeq: number; readonly lines: number } | null,
  ): void {
    this.#waiting = [];
    const first = newest[0]?.seq;
    this.#skipped =
      left === null || left.lines === 0 || first === undefined
        ? null
        : { lines: left.lines, from: left.afterSeq + 1, to: first - 1 };
    this.#send(newest, true);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#waiting = [];
  }

  #drain(): void {
    const room = this.#backlog() < HIGH_WATER ? LARGEST_BATCH - this.#sentInTurn : 0;
    if (this.#waiting.length > Math.max(room, MOST_WAITING))
      this.#skip(this.#waiting.splice(0, this.#waiting.length - KEPT_OF_A_FLOOD));
    if (room > 0 && this.#waiting.length > 0) this.#send(this.#waiting.splice(0, room), false);
    this.#timer ??= setInterval(() => {
      this.#turn();
    }, TURN_MS);
  }

  #turn(): void {
    const isIdle = this.#sentInTurn === 0 && this.#waiting.length === 0;
    this.#sentInTurn = 0;
    if (!isIdle) {
      this.#drain();
      return;
    }
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #skip(lines: readonly LogLine[]): void {
    const from = lines[0]?.seq ?? 0;
    const to = lines.at(-1)?.seq ?? 0;
    this.#skipped =
      this.#skipped === null
        ? { lines: lines.length, from, to }
        : { lines: this.#skipped.lines + lines.length, from: this.#skipped.from, to };
  }

  #send(lines: readonly LogLine[], reset: boolean): void {
    this.#sentInTurn += lines.length;
    const skipped = this.#skipped;
    this.#skipped = null;
    this.#outlet.emit('log', {
      agentId: this.#agentId,
      lines,
      ...(skipped === null
        ? {}
        : { skipped: skipped.lines, skippedFrom: skipped.from, skippedTo: skipped.to }),
      ...(reset ? { reset: true } : {}),
    });
  }

  /** What the transport has not yet taken over. */
  #backlog(): number {
    const raw: unknown = Reflect.get(this.#outlet.conn.transport, 'socket');
    const bytes: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'bufferedAmount') : 0;
    return typeof bytes === 'number' ? bytes : 0;
  }
}
