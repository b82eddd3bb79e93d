/**
 * How the archive writes lines: one record a line, UTF-8, `<seq> <time> <marks> <text>\n`. A container's text has no newline, so a record is a
 * line of the file and the file can be read with zstdcat and grep. `marks` is `o` or `e` (the stream), followed by `c` for a line that
 * was cut; `g` is a gap, whose text is `<from> <to>`.
 *
 * The newest records of a container are in `logs/<agent>/<container>.log`, appended to; when that has `SEGMENT_BYTES` it becomes a segment,
 * `logs/<agent>/<container>-<first seq>.log.zst` (one zstd frame), with a row in `log_segments`. Pure.
 */
import type { LogLine } from '#lib/protocol/log-line.ts';

/** Bytes of records in one segment, about. */
export const SEGMENT_BYTES = 4 * 1024 * 1024;

export function toRecord(line: LogLine): string {
  if (line.gap !== undefined) return `${line.seq} ${line.time} g ${line.gap.from} ${line.gap.to}\n`;
  return `${line.seq} ${line.time} ${line.stream === 'stdout' ? 'o' : 'e'}${line.cut === true ? 'c' : ''} ${line.text}\n`;
}

/** The line of a record (without its newline); null for what is none, such as the torn end of a file. */
export function fromRecord(record: string): LogLine | null {
  const afterSeq = record.indexOf(' ');
  const afterTime = record.indexOf(' ', afterSeq + 1);
  const afterMarks = record.indexOf(' ', afterTime + 1);
  const seq = Number(record.slice(0, afterSeq));
  if (afterSeq < 1 || afterTime < 0 || afterMarks < 0 || !Number.isSafeInteger(seq)) return null;
  const time = record.slice(afterSeq + 1, afterTime);
  const marks = record.slice(afterTime + 1, afterMarks);
  const text = record.slice(afterMarks + 1);
  if (marks === 'g') {
    const [from = '', to = ''] = text.split(' ');
    return { seq, time, stream: 'stdout', text: '', gap: { from, to } };
  }
  if (!/^[oe]c?$/.test(marks)) return null;
  return {
    seq,
    time,
    stream: marks.startsWith('o') ? 'stdout' : 'stderr',
    text,
    ...(marks.endsWith('c') ? { cut: true as const } : {}),
  };
}
