/** A thread that looks through files for searches. It gets ScanJob messages one by one and answers each with a ScanReply. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { zstdDecompressSync } from 'node:zlib';
import { linePattern, type LinePattern } from './search-pattern.ts';
import { scan } from './search-scan.ts';
import type { ScanJob, ScanReply } from './search-threads.ts';
import { SEGMENT_BYTES } from './segment-format.ts';

/** Where a thread has a priority of its own (Linux), pages and agents go first. */
if (process.platform === 'linux') setPriority(10);

/** The last one: a search asks for many files in a row. */
let known: { readonly q: string; readonly regex: boolean; readonly pattern: LinePattern | null } | null =
  null;

parentPort?.on('message', (job: ScanJob) => {
  parentPort?.postMessage(answer(job));
});

function answer(job: ScanJob): ScanReply {
  const halted = new Int32Array(job.halt);
  const stopped = () => Atomics.load(halted, 0) !== 0;
  if (stopped()) return { kind: 'found', found: [] };
  try {
    const bytes = job.piece.packed ? unpacked(job.piece.path) : head(job.piece.path, job.piece.bytes);
    // the open file was put away while the search came to it
    if (!job.piece.packed && !bytes.subarray(0, 20).toString().startsWith(`${job.piece.firstSeq} `)) {
      return { kind: 'gone' };
    }
    const wish = { ...job.wish, agentId: job.piece.agentId, pattern: patternOf(job.q, job.regex) };
    return { kind: 'found', found: scan(bytes, wish, stopped) };
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return { kind: 'gone' };
    return { kind: 'broken', message: error instanceof Error ? error.message : String(error) };
  }
}

function patternOf(q: string, regex: boolean): LinePattern | null {
  if (known?.q !== q || known.regex !== regex) known = { q, regex, pattern: linePattern(q, regex) };
  return known.pattern;
}

/** In one piece of memory: by default it is put together from thousands. */
function unpacked(path: string): Buffer {
  return zstdDecompressSync(readFileSync(path), { chunkSize: SEGMENT_BYTES + 1024 * 1024 });
}

function head(path: string, count: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(file, bytes, 0, count, 0));
  } finally {
    closeSync(file);
  }
}
