/**
 * A search over files of the archive: they are looked through from the newest on, several at once, and a hit is told when no file that is still
 * to be read can have a newer one.
 */
import type { SearchEnd } from '#lib/protocol/log-search.ts';
import { mayHold, pieceOf, type PieceWish, type SearchedPart, type SearchPiece } from './search-pieces.ts';
import { beforeTime, FoundOrder, placeOf, writeCursor, type Found, type Place } from './search-place.ts';
import type { ScanReply, SearchThreads } from './search-threads.ts';

export interface ArchiveWish extends PieceWish {
  readonly q: string;
  readonly regex: boolean;
  readonly stream: 'stdout' | 'stderr' | null;
  readonly limit: number;
  /** Ends it with what was found by then, null: never. */
  readonly patienceMs: number | null;
}

export type SearchStep =
  | { readonly kind: 'found'; readonly found: Found }
  | {
      readonly kind: 'progress';
      readonly bytes: number;
      readonly totalBytes: number;
      readonly scannedTo: string | null;
    }
  | ({ readonly kind: 'end' } & SearchEnd);

/** What the archive has of an agent now. */
export type PartsOf = (agentId: string) => readonly SearchedPart[];

const PROGRESS_MS = 100;
/** Files whose ends are read at once. */
const AT_ONCE = 16;

/** Throws the signal's reason when it is aborted, also between hits. */
export async function* searchArchive(
  agentIds: readonly string[],
  partsOf: PartsOf,
  wish: ArchiveWish,
  threads: SearchThreads,
  signal: AbortSignal,
): AsyncGenerator<SearchStep> {
  const started = performance.now();
  const pieces = await piecesOf(agentIds, partsOf, wish);
  const totalBytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
  const halt = new SharedArrayBuffer(4);
  const order = new FoundOrder();
  const running = new Map<SearchPiece, Promise<{ readonly piece: SearchPiece; readonly reply: ScanReply }>>();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  aborted.promise.catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  let [next, told, bytes, unreadable, saidAt] = [0, 0, 0, 0, 0];
  let last: Place | null = null;

  const left = () => wish.limit - told;
  /** Everything newer is known. null: everything is. */
  const edge = (): string | null => {
    const open = [...running.keys(), ...pieces.slice(next, next + 1)].map((piece) => piece.to);
    return open.length === 0 ? null : open.reduce((a, b) => (a > b ? a : b));
  };
  const begin = (piece: SearchPiece) => {
    const { levels, stream, since, until, before } = wish;
    const job = { piece, q: wish.q, regex: wish.regex, halt };
    const reply = threads.scan({ ...job, wish: { levels, stream, since, until, before, limit: left() + 1 } });
    running.set(
      piece,
      reply.then((each) => ({ piece, reply: each })),
    );
  };
  const end = (reason: SearchEnd['reason'], place: Place | null): SearchStep => ({
    kind: 'end',
    reason,
    cursor: place === null ? null : writeCursor(place),
    unreadable,
  });

  try {
    signal.throwIfAborted();
    for (;;) {
      for (
        let piece = pieces[next];
        piece !== undefined && running.size < threads.size;
        piece = pieces[next]
      ) {
        // what is known already is newer than all that it has
        if (order.newerThan(piece.to) >= left()) break;
        next += 1;
        begin(piece);
      }
      if (running.size > 0) {
        const { piece, reply } = await Promise.race([...running.values(), aborted.promise]);
        running.delete(piece);
        bytes += piece.bytes;
        if (reply.kind === 'found') order.add(reply.found, left());
        else if (reply.kind === 'broken') unreadable += 1;
        else {
          const moved = await movedTo(piece, partsOf);
          if (moved !== null) begin(moved);
        }
      }
      for (const found of order.take(edge())) {
        signal.throwIfAborted();
        last = placeOf(found);
        told += 1;
        yield { kind: 'found', found };
        if (told < wish.limit) continue;
        const more = order.dropped || order.size > 0 || running.size > 0 || next < pieces.length;
        yield end(more ? 'limit' : 'done', more ? last : null);
        return;
      }
      const now = performance.now();
      if (now - saidAt >= PROGRESS_MS || edge() === null) {
        saidAt = now;
        yield { kind: 'progress', bytes, totalBytes, scannedTo: next === 0 ? null : edge() };
      }
      const line = edge();
      if (line === null) break;
      if (wish.patienceMs !== null && now - started > wish.patienceMs) {
        yield end('time', bytes === 0 ? last : beforeTime(line));
        return;
      }
    }
    yield end('done', null);
  } finally {
    Atomics.store(new Int32Array(halt), 0, 1);
    signal.removeEventListener('abort', abort);
  }
}

/** The files that may hold something, the one with the newest line first. */
async function piecesOf(
  agentIds: readonly string[],
  partsOf: PartsOf,
  wish: PieceWish,
): Promise<readonly SearchPiece[]> {
  const parts = agentIds.flatMap((id) => [...partsOf(id)]);
  const pieces: SearchPiece[] = [];
  for (let at = 0; at < parts.length; at += AT_ONCE) {
    const some = parts.slice(at, at + AT_ONCE).map(async (part) => ({ part, piece: await pieceOf(part) }));
    for (const { part, piece } of await Promise.all(some))
      if (piece !== null && mayHold(part, piece, wish)) pieces.push(piece);
  }
  return pieces.sort((a, b) => (a.to > b.to ? -1 : 1));
}

/** Where the lines of a file are that was full and put away meanwhile; null when they are deleted. */
async function movedTo(piece: SearchPiece, partsOf: PartsOf): Promise<SearchPiece | null> {
  for (const part of partsOf(piece.agentId)) {
    if (part.path === piece.path && part.kind === 'plain') continue;
    const found = await pieceOf(part);
    if (found?.firstSeq === piece.firstSeq) return found;
  }
  return null;
}
