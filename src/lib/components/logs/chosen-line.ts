/** The line that is chosen, as its bar shows it. Pure. */
import { plainText } from '#lib/domain/log-text.ts';
import type { LogFeed } from '#lib/live/log-feed.ts';
import { exactTime } from '../ui/time.ts';
import type { LogEntry, TimeMode } from './log-entry.ts';
import { followersOf } from './log-groups.ts';
import { fieldsOf } from './log-json.ts';
import { indexOfSeq } from './log-layout.ts';

export interface ChosenLine {
  readonly seq: number;
  readonly text: string;
  readonly time: string;
  readonly isJson: boolean;
  /** Lines that belong to it. */
  readonly followers: number;
}

/** null: it is no line of a container. */
export function chosenLine(entry: LogEntry | null, feed: LogFeed, time: TimeMode): ChosenLine | null {
  if (entry === null || 'note' in entry || entry.gap !== undefined) return null;
  return {
    seq: entry.seq,
    text: plainText(entry.text),
    time: exactTime(Date.parse(entry.time), time === 'utc' ? 'UTC' : undefined),
    isJson: fieldsOf(entry) !== null,
    followers: followersOf(feed.lines, indexOfSeq(feed.lines, entry.seq)),
  };
}
