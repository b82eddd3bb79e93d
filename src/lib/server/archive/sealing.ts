/** Packs full files one after the other, off the event loop where it takes long, and writes their rows. What a crash left undone is done again. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import { newId, type AgentId, type HostId, type SegmentId } from '#lib/domain/ids.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogSegmentRepository } from '../storage/log-segments.ts';
import { wholeRecords } from './archive-part.ts';
import { LineTally } from './line-tally.ts';
import { countRecords, linesBefore, linesFrom } from './records.ts';

export interface FullFile {
  readonly agentId: AgentId;
  readonly hostId: HostId;
  readonly containerId: string;
  readonly path: string;
  readonly firstSeq: number;
  /** null: its lines have to be counted. */
  readonly tally: LineTally | null;
}

/** Lines that are looked at before others get their turn. */
const SLICE_LINES = 2_000;
const pack = promisify(zstdCompress);

/** Writes the packed file beside it, then the row, and calls `done` in the same moment; the plain one goes last. Throws what the disk says. */
export async function seal(
  file: FullFile,
  root: string,
  segments: LogSegmentRepository,
  done: () => void,
): Promise<void> {
  const records = wholeRecords(await readFile(file.path));
  const first = linesFrom(records, 0, 1).lines[0];
  const last = linesBefore(records, records.length, 1).lines[0];
  if (first === undefined || last === undefined) {
    done();
    await rm(file.path, { force: true });
    return;
  }
  const tally = file.tally ?? (await tallyOf(records));
  const packed = await pack(records);
  const sealed = `${file.path}.zst`;
  try {
    await writeFile(`${sealed}.tmp`, packed);
    await rename(`${sealed}.tmp`, sealed);
  } catch (error) {
    await rm(`${sealed}.tmp`, { force: true });
    throw error;
  }
  segments.put({
    id: newId<SegmentId>(),
    agentId: file.agentId,
    hostId: file.hostId,
    containerId: file.containerId,
    file: relative(root, sealed),
    firstSeq: first.seq,
    lastSeq: last.seq,
    firstAt: millisOf(first),
    lastAt: millisOf(last),
    lines: countRecords(records, 0, records.length),
    bytes: records.length,
    packedBytes: packed.length,
    levels: Object.fromEntries(tally.levels),
  });
  done();
  await rm(file.path, { force: true });
}

async function tallyOf(records: Buffer): Promise<LineTally> {
  const tally = new LineTally();
  for (let at = 0; at < records.length;) {
    const { lines, next } = linesFrom(records, at, SLICE_LINES);
    for (const line of lines) tally.add(line);
    at = next;
    await breathe();
  }
  return tally;
}

function millisOf(line: LogLine): number {
  const millis = Date.parse(`${line.time.slice(0, 23)}Z`);
  return Number.isNaN(millis) ? 0 : millis;
}
