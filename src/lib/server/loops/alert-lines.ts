/**
 * Holds the lines of agents against the patterns of rules. Tails only put their batches into a queue with an end; it is worked off in short
 * slices with pauses, so that a flood of lines or a costly pattern takes a fifth of one core at most. What does not fit is counted for the
 * rules that missed it.
 */
import { includesAgent, type ConditionOf } from '#lib/domain/alert-rule.ts';
import { AlertWindow } from '#lib/domain/alert-window.ts';
import { logText } from '#lib/domain/alert-text.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { AppBus } from '../messages.ts';
import type { AlertFiring } from '../services/alert-firing.ts';
import { linePattern } from '../services/alert-pattern.ts';
import type { AgentRecords } from '../services/agent-records.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { AlertRuleRepository, AlertRuleRow } from '../storage/alert-rules.ts';
import { plainText } from '../streams/plain-text.ts';
import type { LogTail } from '../streams/log-tail.ts';
import type { TailBoard } from '../streams/tail-board.ts';

const SLICE_MS = 5;
const PAUSE_MS = 20;
const QUEUED_LINES = 20_000;
const DETAIL_CHARACTERS = 1_000;
const nothing = () => undefined;

export interface AlertLinesParts {
  readonly rules: AlertRuleRepository;
  readonly firing: AlertFiring;
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly tails: TailBoard;
  readonly bus: AppBus;
  /** Milliseconds since 1970; tests drive it. */
  readonly now?: () => number;
}

interface Watched {
  readonly row: AlertRuleRow;
  readonly condition: ConditionOf<'log'>;
  readonly matches: (text: string) => boolean;
  /** By agent. */
  readonly windows: Map<string, AlertWindow>;
}

/** What ends a reader: of the tail that there is now, and of those that come. */
interface Reader {
  end: () => void;
  unfollow: () => void;
}

interface Batch {
  readonly agentId: string;
  readonly lines: readonly LogLine[];
}

export class AlertLines {
  readonly #parts: AlertLinesParts;
  readonly #since: number;
  readonly #readers = new Map<string, Reader>();
  /** The newest line that was taken, by agent. */
  readonly #lastSeq = new Map<string, number>();
  readonly #skipped = new Map<string, number>();
  #watched: readonly Watched[] = [];
  #watchedOf: readonly AlertRuleRow[] | null = null;
  #queue: Batch[] = [];
  #queued = 0;
  #timer: NodeJS.Timeout | null = null;
  #unheard: (() => void) | null = null;

  constructor(parts: AlertLinesParts) {
    this.#parts = parts;
    this.#since = (parts.now ?? Date.now)();
  }

  start(): void {
    for (const row of this.#parts.agents.list()) this.#attach(row.id);
    this.#unheard = this.#parts.bus.on('facts', (facts) => {
      for (const fact of facts) {
        if (fact.kind !== 'agent') continue;
        if (fact.agent.state === 'removed') this.#detach(fact.agent.id);
        else this.#attach(fact.agent.id);
      }
    });
  }

  close(): void {
    this.#unheard?.();
    for (const id of [...this.#readers.keys()]) this.#detach(id);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#queue = [];
  }

  /** Lines that a rule did not see, since the start. */
  skipped(ruleId: string): number {
    return this.#skipped.get(ruleId) ?? 0;
  }

  #attach(agentId: string): void {
    if (this.#readers.has(agentId)) return;
    const { tails } = this.#parts;
    const reader: Reader = { end: nothing, unfollow: nothing };
    const read = (tail: LogTail) => {
      reader.end();
      reader.end = tail.subscribe({
        weight: 'light',
        lines: (lines) => {
          this.#take(agentId, lines);
        },
        state: () => undefined,
      });
    };
    reader.unfollow = tails.onNew(agentId, read);
    this.#readers.set(agentId, reader);
    const running = tails.get(agentId);
    if (running !== undefined) read(running);
  }

  #detach(agentId: string): void {
    const reader = this.#readers.get(agentId);
    reader?.unfollow();
    reader?.end();
    this.#readers.delete(agentId);
    this.#lastSeq.delete(agentId);
    for (const { windows } of this.#watched) windows.delete(agentId);
  }

  #take(agentId: string, lines: readonly LogLine[]): void {
    const watched = this.#current();
    if (watched.length === 0) return;
    this.#queue.push({ agentId, lines });
    this.#queued += lines.length;
    while (this.#queued > QUEUED_LINES) {
      const dropped = this.#queue.shift();
      if (dropped === undefined) break;
      this.#queued -= dropped.lines.length;
      for (const { row } of watched) this.#skipped.set(row.id, this.skipped(row.id) + dropped.lines.length);
    }
    this.#timer ??= setTimeout(() => {
      this.#work();
    }, 0);
  }

  #work(): void {
    this.#timer = null;
    const until = performance.now() + SLICE_MS;
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      this.#queued -= batch.lines.length;
      const rest = this.#look(batch, until);
      if (rest.length > 0) {
        this.#queue.unshift({ agentId: batch.agentId, lines: rest });
        this.#queued += rest.length;
      }
      if (performance.now() >= until) break;
    }
    if (this.#queue.length > 0)
      this.#timer = setTimeout(() => {
        this.#work();
      }, PAUSE_MS);
  }

  /** Gives the lines that there was no time for. */
  #look({ agentId, lines }: Batch, until: number): readonly LogLine[] {
    const agent = this.#parts.agents.byId(agentId);
    if (agent === undefined || agent.state === 'removed') return [];
    const view = this.#parts.records.view(agent);
    const watched = this.#current().filter(({ row }) => includesAgent(row.spec.scope, view));
    for (const [place, line] of lines.entries()) {
      // a tail that was opened again begins with lines that were there before
      if (line.seq <= (this.#lastSeq.get(agentId) ?? 0)) continue;
      this.#lastSeq.set(agentId, line.seq);
      for (const each of watched) this.#hold(each, view, line);
      if (performance.now() >= until) return lines.slice(place + 1);
    }
    return [];
  }

  #hold(
    { row, condition, matches, windows }: Watched,
    agent: { readonly id: string; readonly name: string; readonly hostId: string },
    line: LogLine,
  ): void {
    const at = Date.parse(line.time);
    if (line.gap !== undefined || at < Math.max(this.#since, row.updatedAt) || !matches(line.text)) return;
    const window = windows.get(agent.id) ?? new AlertWindow(condition.count, condition.windowSeconds);
    windows.set(agent.id, window);
    if (!window.add(at)) return;
    const words = plainText(line.text);
    this.#parts.firing.fire(row, {
      subject: { kind: 'agent', id: agent.id, name: agent.name, hostId: agent.hostId },
      text: logText(agent.name, words, condition.count),
      at,
      details: { line: words.slice(0, DETAIL_CHARACTERS), count: condition.count },
    });
  }

  /** Made anew when rules have changed; what was counted for those that have not is kept. */
  #current(): readonly Watched[] {
    const all = this.#parts.rules.list();
    if (this.#watchedOf === all) return this.#watched;
    const before = new Map(this.#watched.map((each) => [`${each.row.id} ${each.row.version}`, each]));
    this.#watchedOf = all;
    this.#watched = all.flatMap((row) => {
      const { condition } = row.spec;
      if (!row.enabled || condition.when !== 'log') return [];
      const known = before.get(`${row.id} ${row.version}`);
      if (known !== undefined) return [known];
      return [{ row, condition, matches: linePattern(condition.pattern), windows: new Map() }];
    });
    return this.#watched;
  }
}
