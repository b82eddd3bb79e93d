import type { LogLine } from '#lib/protocol/log-line.ts';
import type { RawLine } from './lines.ts';
import type { KeptLog } from './log-keeper.ts';
import { Seen, Sequence } from './log-order.ts';

/** Lines of one reading, numbered: for whoever looks, and for the archive. Mostly the same. */
export interface Taken {
  readonly shown: LogLine[];
  readonly kept: LogLine[];
}

/**
 * Tells new lines from those that come again, and numbers them. Where the archive was interrupted it is behind whoever looks: then what comes
 * again is new for the one and not for the other, until both are at the same line. They get the same numbers, as both count from the same line.
 */
export class LineIntake {
  #seen = new Seen();
  #sequence = new Sequence();
  #behind: { readonly seen: Seen; readonly sequence: Sequence } | null = null;
  #begun = false;
  #keeps = false;

  get newestTime(): string {
    return this.#seen.newestTime;
  }

  /** False: the archive does not take lines, and has to be resumed. */
  get keeps(): boolean {
    return this.#keeps;
  }

  resume({ point, seq }: KeptLog): void {
    this.#keeps = true;
    if (this.#begun) {
      this.#behind = { seen: new Seen(point), sequence: new Sequence(seq) };
      return;
    }
    this.#seen = new Seen(point);
    this.#sequence = new Sequence(seq);
  }

  interrupt(): void {
    this.#keeps = false;
    this.#behind = null;
  }

  /** Begins a reading, and says from which time on; null: from the beginning. */
  begin(): string | null {
    const shown = this.#seen.begin();
    if (this.#behind === null) return shown;
    const kept = this.#behind.seen.begin();
    return shown === null || kept === null ? null : shown < kept ? shown : kept;
  }

  /** False: everybody has it. */
  take(raw: RawLine, { shown, kept }: Taken): boolean {
    this.#begun = true;
    const isNews = this.#seen.isNew(raw);
    const before = kept.length;
    if (this.#behind !== null) this.#catchUp(raw, isNews, this.#behind, kept);
    if (!isNews) return kept.length > before;
    const lost = this.#seen.takeLost();
    if (lost !== null) {
      const mark = toMark(raw, lost, this.#sequence);
      shown.push(mark);
      if (this.#keeps) kept.push(mark);
    }
    const line: LogLine = { seq: this.#sequence.next(raw.time), ...raw };
    shown.push(line);
    if (this.#keeps) kept.push(line);
    return true;
  }

  #catchUp(
    raw: RawLine,
    isNews: boolean,
    { seen, sequence }: { readonly seen: Seen; readonly sequence: Sequence },
    kept: LogLine[],
  ): void {
    const isNewToArchive = seen.isNew(raw);
    const lost = seen.takeLost();
    if (lost !== null) kept.push(toMark(raw, lost, sequence));
    if (isNewToArchive && !isNews) kept.push({ seq: sequence.next(raw.time), ...raw });
    if (!isNews) return;
    // from here on both take the same lines; a mark for what the archive has lost stands there already
    if (lost !== null) this.#seen.takeLost();
    this.#behind = null;
    this.#sequence = new Sequence(Math.max(this.#sequence.last, sequence.last));
  }
}

/** Stands where lines are missing. */
function toMark(
  before: RawLine,
  gap: { readonly from: string; readonly to: string },
  sequence: Sequence,
): LogLine {
  return { seq: sequence.next(gap.to), time: gap.to, stream: before.stream, text: '', gap };
}
