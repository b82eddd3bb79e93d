import type { LogLine } from '#lib/protocol/log-line.ts';
import type { ReadPage } from './log-pages.ts';

const PAGE = 2_000;
const MOST = 10_000;

/** Lines that were left out, at most 10,000 of them. `done`: there are no more. */
export async function readSkipped(
  read: ReadPage,
  agentId: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<{ readonly lines: readonly LogLine[]; readonly done: boolean }> {
  const lines: LogLine[] = [];
  while (lines.length < MOST) {
    const page = await read(agentId, { after: lines.at(-1)?.seq ?? from - 1 }, PAGE);
    if (page === null) return { lines, done: false };
    for (const line of page.lines) if (line.seq <= to) lines.push(line);
    if (!page.hasAfter || (page.lines.at(-1)?.seq ?? Infinity) >= to) return { lines, done: true };
  }
  return { lines, done: false };
}
