/** Holds the lines of the past against a pattern, for a preview: in slices, within a time that a person waits. */
import type { AlertEvent, ConditionOf } from '#lib/domain/alert-rule.ts';
import { AlertWindow } from '#lib/domain/alert-window.ts';
import { logText } from '#lib/domain/alert-text.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { AgentRow } from '../storage/agents.ts';
import { plainText } from '../streams/plain-text.ts';
import { linePattern } from './alert-pattern.ts';

/** The lines of an agent in a while, oldest first, in pieces. */
export type PastLines = (
  agent: AgentRow,
  span: { readonly from: number; readonly to: number },
) => AsyncIterable<readonly LogLine[]> | Iterable<readonly LogLine[]>;

const LONGEST_MS = 4_000;
const SLICE_MS = 8;

export async function linesInPast(
  agents: readonly AgentRow[],
  condition: ConditionOf<'log'>,
  span: { readonly from: number; readonly to: number },
  pastLines: PastLines,
): Promise<{ readonly events: readonly AlertEvent[]; readonly notes: readonly string[] }> {
  const matches = linePattern(condition.pattern);
  const events: AlertEvent[] = [];
  const until = performance.now() + LONGEST_MS;
  let pauseAt = performance.now() + SLICE_MS;
  for (const [place, agent] of agents.entries()) {
    const { id, name, hostId } = agent;
    const window = new AlertWindow(condition.count, condition.windowSeconds);
    for await (const lines of pastLines(agent, span)) {
      for (const line of lines) {
        const at = Date.parse(line.time);
        if (line.gap !== undefined || at < span.from || !matches(line.text) || !window.add(at)) continue;
        const words = plainText(line.text);
        const text = logText(name, words, condition.count);
        events.push({ subject: { kind: 'agent', id, name, hostId }, text, at, details: { line: words } });
        if (performance.now() > until) return { events, notes: [unread(agents.length - place)] };
      }
      if (performance.now() < pauseAt) continue;
      if (performance.now() > until) return { events, notes: [unread(agents.length - place)] };
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      pauseAt = performance.now() + SLICE_MS;
    }
  }
  return { events, notes: [] };
}

function unread(agents: number): string {
  return `There are more lines than could be read in time: those of ${agents} agents were not read to their end.`;
}
