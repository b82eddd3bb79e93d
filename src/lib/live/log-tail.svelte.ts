import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogState } from '#lib/protocol/socket.ts';
import type { Line } from './socket.svelte.ts';

/** So many lines are kept in a page; the oldest go first. */
const KEPT = 50_000;

/** The lines of one agent in a page: what `load` gave, then what comes. A plain array with a revision: it is far too large to be observed. */
export class LogTail {
  revision = $state(0);
  state = $state<LogState['state'] | null>(null);
  /** Lines that this browser was too slow for. */
  skipped = $state(0);
  lines: LogLine[];

  constructor(lines: readonly LogLine[]) {
    this.lines = [...lines];
  }

  follow(line: Line, agentId: string): () => void {
    return line.followLog(agentId, {
      cursor: () => {
        const last = this.lines.at(-1);
        return last === undefined ? null : { seq: last.seq, time: last.time };
      },
      state: (state) => {
        this.state = state;
      },
      batch: ({ lines, skipped, reset }) => {
        if (skipped !== undefined) this.skipped += skipped;
        // told from the newest lines on again: what is here already is not added twice
        const last = this.lines.at(-1)?.seq ?? -1;
        const news = lines.filter((each) => each.seq > last);
        // not one of them is here: what was between is not known
        if (reset === true && news.length > 0 && news.length === lines.length) this.lines = [];
        for (const each of news) this.lines.push(each);
        if (this.lines.length > KEPT * 1.1) this.lines = this.lines.slice(-KEPT);
        this.revision += 1;
      },
    });
  }
}
