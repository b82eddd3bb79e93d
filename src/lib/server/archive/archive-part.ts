/** The files of an agent's log, and how they are read whatever became of them meanwhile. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type { AgentId, HostId } from '#lib/domain/ids.ts';
import type { LogSegmentRow } from '../storage/log-segments.ts';
import { fromRecord } from './segment-format.ts';

export type ArchivePart =
  | {
      readonly kind: 'sealed';
      readonly agentId: AgentId;
      readonly containerId: string;
      readonly firstSeq: number;
      readonly path: string;
      readonly row: LogSegmentRow;
    }
  /** Not packed: one that is appended to, or is full and waits to be packed. */
  | {
      readonly kind: 'plain';
      readonly agentId: AgentId;
      readonly hostId: HostId;
      readonly containerId: string;
      readonly firstSeq: number;
      readonly path: string;
    };

const unpack = promisify(zstdDecompress);
const NEWLINE = 0x0a;

/** Container ids are cut as the engine's own tools do it. */
export function openFile(folder: string, containerId: string): string {
  return join(folder, `${containerId.slice(0, 12)}.log`);
}

/** A full one that is not packed yet. */
export function fullFile(folder: string, containerId: string, firstSeq: number): string {
  return join(folder, `${containerId.slice(0, 12)}-${firstSeq}.log`);
}

export function sealedFile(folder: string, containerId: string, firstSeq: number): string {
  return `${fullFile(folder, containerId, firstSeq)}.zst`;
}

/**
 * The records of a part, whole ones only. A file that was filled or packed since it was listed is found under its new name; one that retention
 * has removed gives nothing.
 */
export async function readPart(part: ArchivePart): Promise<Buffer> {
  if (part.kind === 'sealed') return (await readPacked(part.path)) ?? Buffer.alloc(0);
  const folder = join(part.path, '..');
  const open = await readPlain(part.path);
  if (open !== null && firstSeqOf(open) === part.firstSeq) return open;
  return (
    (await readPlain(fullFile(folder, part.containerId, part.firstSeq))) ??
    (await readPacked(sealedFile(folder, part.containerId, part.firstSeq))) ??
    Buffer.alloc(0)
  );
}

/** The number of the first record; null when there is no whole one. */
export function firstSeqOf(records: Buffer): number | null {
  const end = records.indexOf(NEWLINE);
  return end === -1 ? null : (fromRecord(records.toString('utf8', 0, end))?.seq ?? null);
}

/** Without what follows the last newline: a record that was being written. */
export function wholeRecords(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
}

async function readPlain(path: string): Promise<Buffer | null> {
  const bytes = await readIfThere(path);
  return bytes === null ? null : wholeRecords(bytes);
}

async function readPacked(path: string): Promise<Buffer | null> {
  const bytes = await readIfThere(path);
  return bytes === null ? null : await unpack(bytes);
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return null;
    throw error;
  }
}
