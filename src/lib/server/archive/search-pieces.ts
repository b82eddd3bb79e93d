/** Which files a search has to open, and between which times their lines lie. */
import { open } from 'node:fs/promises';
import type { LogLevel } from '#lib/domain/log-level.ts';
import { fromRecord } from './segment-format.ts';
import { engineTime, type Place } from './search-place.ts';

/** What the archive has of an agent. */
export type SearchedPart =
  | {
      readonly kind: 'sealed';
      readonly path: string;
      readonly row: {
        readonly agentId: string;
        readonly firstSeq: number;
        readonly firstAt: number;
        readonly lastAt: number;
        readonly bytes: number;
        readonly levels: Readonly<Record<string, number>>;
      };
    }
  | {
      readonly kind: 'plain';
      readonly path: string;
      readonly agentId: string;
    };

export interface SearchPiece {
  readonly path: string;
  readonly packed: boolean;
  readonly agentId: string;
  /** Of its first line, never twice for an agent: the open file is another one once it was full. */
  readonly firstSeq: number;
  /** Of records; of an open file, what it had when the search began. */
  readonly bytes: number;
  /** As the engine writes times; no line is older, none newer. */
  readonly from: string;
  readonly to: string;
}

export interface PieceWish {
  readonly levels: readonly LogLevel[] | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly before: Place | null;
}

/** A record is at most 64 KiB of text and its head; four bytes for a character of it. */
const LARGEST_RECORD_BYTES = 4 * 65 * 1024;
const HEAD_BYTES = 200;
/** The two streams of a container write past each other: a line may be this much older or newer than the ends of its file say. Milliseconds. */
const SLACK_MS = 1_000;

/** null: the file has no line, or it is gone. */
export async function pieceOf(part: SearchedPart): Promise<SearchPiece | null> {
  if (part.kind === 'plain') return openPiece(part);
  const { row, path } = part;
  return {
    path,
    packed: true,
    agentId: row.agentId,
    firstSeq: row.firstSeq,
    bytes: row.bytes,
    from: engineTime(row.firstAt - SLACK_MS),
    to: engineTime(row.lastAt + SLACK_MS),
  };
}

/** Whether a line that is wished for may be in it, as far as is known without opening it. */
export function mayHold(part: SearchedPart, piece: SearchPiece, wish: PieceWish): boolean {
  if (wish.since !== null && piece.to < wish.since) return false;
  if (wish.until !== null && piece.from > wish.until) return false;
  if (wish.before !== null && piece.from > wish.before.time) return false;
  if (wish.levels === null || part.kind === 'plain') return true;
  const { levels } = part.row;
  return wish.levels.some((level) => (levels[level] ?? 0) > 0);
}

async function openPiece(part: Extract<SearchedPart, { kind: 'plain' }>): Promise<SearchPiece | null> {
  const { path, agentId } = part;
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const first = fromRecord(textOf((await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)).buffer));
    const tailBytes = Math.min(size, LARGEST_RECORD_BYTES);
    const { buffer } = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, size - tailBytes);
    const end = buffer.lastIndexOf('\n');
    const last = fromRecord(textOf(buffer.subarray(buffer.lastIndexOf('\n', end - 1) + 1)));
    if (first === null || last === null) return null;
    const [from, to] = [Date.parse(first.time) - SLACK_MS, Date.parse(last.time) + SLACK_MS];
    return {
      path,
      packed: false,
      agentId,
      firstSeq: first.seq,
      bytes: size,
      from: engineTime(from),
      to: engineTime(to),
    };
  } finally {
    await file.close();
  }
}

/** The head of the first record in it: enough for its number and time. */
function textOf(bytes: Buffer): string {
  const end = bytes.indexOf('\n');
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}
