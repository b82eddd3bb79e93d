import type { StatsSample } from '#lib/protocol/views.ts';
import type { Line } from './socket.svelte.ts';

/** 15 minutes, one a second. */
const KEPT = 900;

/** The samples of one agent in a page, oldest first. */
export class Stats {
  samples = $state.raw<readonly StatsSample[]>([]);

  constructor(samples: readonly StatsSample[]) {
    this.samples = samples;
  }

  follow(line: Line, agentId: string): () => void {
    return line.followStats(agentId, (samples) => {
      const last = this.samples.at(-1)?.at ?? 0;
      const news = samples.filter((each) => each.at > last);
      if (news.length > 0) this.samples = [...this.samples, ...news].slice(-KEPT);
    });
  }
}
