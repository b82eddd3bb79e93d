/** Reading an agent's log out of its files, in both directions, without more than a file of it in memory. */
import type { AgentId } from '#lib/domain/ids.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { readPart, type ArchivePart } from './archive-part.ts';
import type { LineFilter, LineWish } from './line-filter.ts';
import { lineFilter } from './line-filter.ts';
import type { LogArchive } from './log-archive.ts';
import { countRecords, linesBefore, linesFrom, seek } from './records.ts';

/** Lines that are looked at before somebody else gets a turn. */
const SLICE_LINES = 1_000;
/** A file's lines may be so much older or newer than its first and last: two streams write past each other. */
const SLACK_MS = 1_000;

export interface ReadWish {
  readonly filter: LineFilter;
  /** For leaving out files by their times; the filter decides of lines. */
  readonly between?: Pick<LineWish, 'since' | 'until'>;
}

export class ArchiveReader {
  readonly #archive: LogArchive;
  /** The packed file that was read last: whoever turns pages comes back to it. */
  #last: { readonly path: string; readonly records: Buffer } | null = null;

  constructor(archive: LogArchive) {
    this.#archive = archive;
  }

  has(agentId: AgentId): boolean {
    return this.#archive.parts(agentId).length > 0;
  }

  /** From the line with this number on, or from the next; each batch in order. */
  async *forward(agentId: AgentId, fromSeq: number, wish: ReadWish): AsyncGenerator<readonly LogLine[]> {
    const parts = this.#archive.parts(agentId);
    for (const [n, part] of parts.entries()) {
      const next = parts[n + 1];
      if (next !== undefined && next.firstSeq <= fromSeq) continue;
      if (isOutside(part, wish)) continue;
      const records = await this.#records(part);
      for (let at = seek(records, fromSeq); at < records.length;) {
        const slice = linesFrom(records, at, SLICE_LINES);
        at = slice.next;
        yield slice.lines.filter(wish.filter);
      }
    }
  }

  /** Lines with smaller numbers, the newest batch first; each batch in order. */
  async *backward(agentId: AgentId, beforeSeq: number, wish: ReadWish): AsyncGenerator<readonly LogLine[]> {
    for (const part of this.#archive.parts(agentId).toReversed()) {
      if (part.firstSeq >= beforeSeq || isOutside(part, wish)) continue;
      const records = await this.#records(part);
      for (let at = seek(records, beforeSeq); at > 0;) {
        const slice = linesBefore(records, at, SLICE_LINES);
        at = slice.start;
        yield slice.lines.filter(wish.filter);
      }
    }
  }

  /** The newest `count` of them with smaller numbers, in order. */
  async before(
    agentId: AgentId,
    beforeSeq: number,
    count: number,
    wish: ReadWish = EVERYTHING,
    signal?: AbortSignal,
  ): Promise<LogLine[]> {
    const batches: (readonly LogLine[])[] = [];
    let found = 0;
    if (count > 0)
      for await (const batch of this.backward(agentId, beforeSeq, wish)) {
        signal?.throwIfAborted();
        batches.push(batch);
        found += batch.length;
        if (found >= count) break;
      }
    return batches
      .toReversed()
      .flat()
      .slice(Math.max(0, found - count));
  }

  /** The oldest `count` of them from this number on, in order. */
  async from(agentId: AgentId, fromSeq: number, count: number, wish = EVERYTHING): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    if (count > 0)
      for await (const batch of this.forward(agentId, fromSeq, wish)) {
        lines.push(...batch);
        if (lines.length >= count) break;
      }
    return lines.slice(0, count);
  }

  /** How many records lie between two numbers, both exclusive. */
  async count(agentId: AgentId, afterSeq: number, beforeSeq: number): Promise<number> {
    let count = 0;
    const parts = this.#archive.parts(agentId);
    for (const [n, part] of parts.entries()) {
      const next = parts[n + 1];
      if (part.firstSeq >= beforeSeq || (next !== undefined && next.firstSeq <= afterSeq)) continue;
      if (part.kind === 'sealed' && part.firstSeq > afterSeq && part.row.lastSeq < beforeSeq) {
        count += part.row.lines;
        continue;
      }
      const records = await this.#records(part);
      count += countRecords(records, seek(records, afterSeq + 1), seek(records, beforeSeq));
    }
    return count;
  }

  async #records(part: ArchivePart): Promise<Buffer> {
    if (part.kind === 'plain') return readPart(part);
    if (this.#last?.path === part.path) return this.#last.records;
    const records = await readPart(part);
    this.#last = { path: part.path, records };
    return records;
  }
}

export const EVERYTHING: ReadWish = { filter: () => true };

/** What somebody wishes for, ready to be read. Throws VALIDATION. */
export function readWish(wish: LineWish): ReadWish {
  return { filter: lineFilter(wish), between: wish };
}

function isOutside(part: ArchivePart, { between }: ReadWish): boolean {
  if (part.kind !== 'sealed' || between === undefined) return false;
  const { since = null, until = null } = between;
  return (
    (since !== null && part.row.lastAt + SLACK_MS < Date.parse(since)) ||
    (until !== null && part.row.firstAt - SLACK_MS > Date.parse(until))
  );
}
