/** How many lines were printed, by agent and minute: a map that is emptied now and then, so that counting costs next to nothing. */
import type { LineCount } from '#lib/protocol/metrics.ts';

const MINUTE_MS = 60_000;
const WARNINGS: readonly string[] = ['warn'];
const ERRORS: readonly string[] = ['error', 'fatal'];

export class LineCounts {
  #counts = new Map<string, Map<number, { lines: number; warnings: number; errors: number }>>();

  /** `atMs` is the engine's time of the lines, also when they come late. */
  add(agentId: string, atMs: number, level: string, lines = 1): void {
    if (!Number.isFinite(atMs)) return;
    const at = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    const minutes =
      this.#counts.get(agentId) ?? new Map<number, { lines: number; warnings: number; errors: number }>();
    this.#counts.set(agentId, minutes);
    const count = minutes.get(at) ?? { lines: 0, warnings: 0, errors: 0 };
    minutes.set(at, count);
    count.lines += lines;
    if (WARNINGS.includes(level)) count.warnings += lines;
    else if (ERRORS.includes(level)) count.errors += lines;
  }

  /** What was counted since this was last asked. */
  take(): readonly { readonly id: string; readonly point: LineCount }[] {
    const taken = [...this.#counts].flatMap(([id, minutes]) =>
      [...minutes].map(([at, count]) => ({ id, point: { at, ...count } })),
    );
    this.#counts = new Map();
    return taken;
  }
}
