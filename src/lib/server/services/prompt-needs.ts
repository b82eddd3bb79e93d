/**
 * Which agents wait for an answer: one of their last lines matches what their type says a question looks like, and nothing came after it for a
 * moment. It stands until the agent prints on, somebody types or sends something, or the agent is started anew. Kept in memory, as
 * login-needs.ts does it.
 */
import { RE2JS } from 're2js';
import type { TypePatterns, TypeSource } from '#lib/domain/agent-types.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { AgentRow } from '../storage/agents.ts';
import { plainText } from '../streams/plain-text.ts';

/** A question is followed by its choices. */
const LAST_LINES = 8;
const QUIET_MS = 1_500;
const LINE_CHARACTERS = 2_000;
const SHOWN_CHARACTERS = 240;

type Life = Pick<AgentRow, 'id' | 'type' | 'containerId'>;

interface Watched {
  readonly containerId: string | null;
  readonly lines: readonly { readonly text: string; readonly at: number }[];
  /** The question, when it has been quiet after it. */
  readonly asked: { readonly line: string; readonly at: number } | null;
  readonly timer: NodeJS.Timeout | null;
}

export class PromptNeeds {
  readonly #types: TypeSource;
  readonly #lastEnd: (row: Life) => number | null;
  readonly #changed: (id: AgentId) => void;
  readonly #quietMs: number;
  readonly #watched = new Map<string, Watched>();
  readonly #compiled = new WeakMap<TypePatterns, RE2JS>();

  /** `lastEnd` and `changed` as of LoginNeeds. */
  constructor(
    types: TypeSource,
    lastEnd: (row: Life) => number | null,
    changed: (id: AgentId) => void,
    quietMs = QUIET_MS,
  ) {
    this.#types = types;
    this.#lastEnd = lastEnd;
    this.#changed = changed;
    this.#quietMs = quietMs;
  }

  /** The line that asks; null: it does not wait for anybody. */
  of(row: Life): string | null {
    const watched = this.#watched.get(row.id);
    const asked = watched?.asked ?? null;
    if (asked === null || watched?.containerId !== row.containerId) return null;
    return asked.at > (this.#lastEnd(row) ?? 0) ? asked.line : null;
  }

  /** New lines of an agent, in order. */
  see(row: Life, lines: readonly LogLine[]): void {
    const pattern = this.#pattern(row.type);
    if (pattern === null) return;
    const before = this.of(row);
    const known = this.#watched.get(row.id);
    if (known?.timer !== undefined && known.timer !== null) clearTimeout(known.timer);
    const kept = known?.containerId === row.containerId ? known.lines : [];
    const news = lines
      .slice(-LAST_LINES)
      .map(({ text, time }) => ({
        text: plainText(text.slice(0, LINE_CHARACTERS)),
        at: Date.parse(time),
      }))
      .filter(({ text }) => text !== '');
    const last = [...kept, ...news].slice(-LAST_LINES);
    const question = last.findLast(({ text }) => pattern.matcher(text).find());
    const timer =
      question === undefined
        ? null
        : setTimeout(() => {
            this.#ask(row, question);
          }, this.#quietMs).unref();
    this.#watched.set(row.id, { containerId: row.containerId, lines: last, asked: null, timer });
    if (before !== null) this.#changed(row.id);
  }

  /** Somebody typed or sent something: what was asked is answered. */
  answered(id: AgentId): void {
    const watched = this.#watched.get(id);
    if (watched === undefined) return;
    if (watched.timer !== null) clearTimeout(watched.timer);
    this.#watched.delete(id);
    if (watched.asked !== null) this.#changed(id);
  }

  forget(id: string): void {
    const timer = this.#watched.get(id)?.timer ?? null;
    if (timer !== null) clearTimeout(timer);
    this.#watched.delete(id);
  }

  #ask(row: Life, { text, at }: { readonly text: string; readonly at: number }): void {
    const watched = this.#watched.get(row.id);
    if (watched === undefined) return;
    const asked = { line: text.slice(0, SHOWN_CHARACTERS), at };
    this.#watched.set(row.id, { ...watched, asked, timer: null });
    this.#changed(row.id);
  }

  #pattern(type: string): RE2JS | null {
    const patterns = this.#types.get(type)?.patterns;
    if (patterns === undefined || patterns.prompt.length === 0) return null;
    const known = this.#compiled.get(patterns);
    if (known !== undefined) return known;
    const compiled = RE2JS.compile(patterns.prompt.map((each) => `(?:${each})`).join('|'));
    this.#compiled.set(patterns, compiled);
    return compiled;
  }
}
