/** What a tail needs of the archive, so that it goes on where the archive ends and does not outrun it. */
import type { LogLine } from '#lib/protocol/log-line.ts';

/** What is known of the last lines that were kept of a container: enough to tell those that come again from new ones. */
export interface ResumePoint {
  /** Where to read on, by the engine's time: not later than any of the lines below. */
  readonly since: string;
  /** The last time of each stream, and how many of its lines have that very time. */
  readonly streams: readonly {
    readonly stream: LogLine['stream'];
    readonly time: string;
    readonly count: number;
  }[];
}

export interface KeptLog {
  /** null when nothing is kept of this container. */
  readonly point: ResumePoint | null;
  /** The last number of the agent, whichever container had it; 0 for none. */
  readonly seq: number;
  /** The agent's newest lines, for whoever looks now. */
  readonly recent: readonly LogLine[];
}

export interface LogKeeper {
  /** Waits until what came before is written; null while nothing can be kept. */
  resume(): Promise<KeptLog | null>;
  /** Takes numbered lines in order. false: they are not kept, and none after them until `resume()` gave where to go on. */
  keep(lines: readonly LogLine[]): boolean;
  /** A wait, when so much is not yet written that no more should be read; else null. */
  relief(): Promise<void> | null;
  /** Called when an interrupted keeper can be resumed. Gives what ends it. */
  onResumable(listener: () => void): () => void;
  /** No more lines come. */
  close(): void;
}
