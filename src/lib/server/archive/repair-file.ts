import { open } from 'node:fs/promises';
import { fromRecord } from './segment-format.ts';

/** A record of the longest line is shorter, also when each of its characters takes four bytes. */
const LARGEST_RECORD_BYTES = 512 * 1024;
const HEAD_BYTES = 256;
const NEWLINE = 0x0a;

/**
 * Takes off what follows the last whole record: a crash or a full disk cut it off. Gives the bytes that are left and the number of the first
 * record. A file that is not there is an empty one. Throws what the disk says.
 */
export async function repairFile(
  path: string,
): Promise<{ readonly bytes: number; readonly firstSeq: number | null }> {
  const file = await open(path, 'r+').catch((error: unknown) => {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return { bytes: 0, firstSeq: null };
  try {
    const { size } = await file.stat();
    const tailBytes = Math.min(size, LARGEST_RECORD_BYTES);
    const tail = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, size - tailBytes);
    const bytes = size - tailBytes + tail.buffer.lastIndexOf(NEWLINE) + 1;
    if (bytes < size) await file.truncate(bytes);
    const head = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const first = fromRecord(head.buffer.toString('utf8', 0, Math.min(bytes, head.bytesRead)));
    return { bytes, firstSeq: bytes === 0 ? null : (first?.seq ?? null) };
  } finally {
    await file.close();
  }
}
