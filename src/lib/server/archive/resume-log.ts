import type { LogLine } from '#lib/protocol/log-line.ts';
import type { KeptLog, ResumePoint } from '../streams/log-keeper.ts';
import { millisBefore } from '../streams/log-order.ts';
import { readPart, type ArchivePart } from './archive-part.ts';
import { linesBefore } from './records.ts';

/** Of the container's newest lines so many tell where each of its streams was. */
const POINT_LINES = 1_000;
const RECENT_LINES = 200;
/** A line of one stream may come this much after one of the other that has a later time. */
const LATE_MS = 1_000;

/** Where the archive of a container ends. `parts` are all of the agent, oldest first. */
export async function resumeLog(parts: readonly ArchivePart[], containerId: string): Promise<KeptLog> {
  let recent: LogLine[] = [];
  let its: LogLine[] = [];
  let seq = 0;
  for (const part of parts.toReversed()) {
    const isIts = part.containerId.startsWith(containerId);
    if (its.length >= POINT_LINES || (!isIts && its.length > 0 && recent.length >= RECENT_LINES)) break;
    const records = await readPart(part);
    const { lines } = linesBefore(records, records.length, POINT_LINES);
    seq = Math.max(seq, lines.at(-1)?.seq ?? 0);
    if (recent.length < RECENT_LINES) recent = [...lines, ...recent];
    if (isIts) its = [...lines, ...its];
  }
  return { seq, recent: recent.slice(-RECENT_LINES), point: pointOf(its) };
}

function pointOf(lines: readonly LogLine[]): ResumePoint | null {
  const times = new Map<LogLine['stream'], { time: string; count: number }>();
  for (const { stream, time, gap } of lines) {
    if (gap !== undefined || time === '') continue;
    const known = times.get(stream);
    if (known === undefined || time > known.time) times.set(stream, { time, count: 1 });
    else if (time === known.time) known.count += 1;
  }
  const newest = [...times.values()]
    .map((each) => each.time)
    .sort()
    .at(-1);
  const oldest = lines.find((line) => line.time !== '')?.time;
  if (newest === undefined || oldest === undefined) return null;
  const before = millisBefore(newest, LATE_MS);
  return {
    since: before > oldest ? before : oldest,
    streams: [...times].map(([stream, { time, count }]) => ({ stream, time, count })),
  };
}
