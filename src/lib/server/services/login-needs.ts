/**
 * Which agents say that they have no login. Each new line of output is held against the patterns of the agent's type. One that matches
 * stands until the output has moved on, which is 20 lines without a match, or until the agent is started anew. Kept in memory: after a
 * restart of Slipway the tails bring the last lines again.
 */
import { RE2JS } from 're2js';
import type { TypePatterns, TypeSource } from '#lib/domain/agent-types.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LoginNeedView } from '#lib/protocol/views.ts';
import type { AgentRow } from '../storage/agents.ts';
import { plainText } from '../streams/plain-text.ts';

const MOVED_ON_LINES = 20;
/** Of a flood only the newest are read. */
const LINES_PER_BATCH = 64;
const LINE_CHARACTERS = 2_000;
const SHOWN_CHARACTERS = 240;
/** Interfaces move the cursor between words instead of writing a space. */
// eslint-disable-next-line no-control-regex -- these are terminal codes
const CURSOR_MOVES = /\u001b\[\d*(?:;\d*)?[CGHf]/g;

type Life = Pick<AgentRow, 'id' | 'type' | 'containerId'>;

interface Need {
  readonly containerId: string | null;
  readonly line: string;
  /** When it was said, by the engine's clock. Milliseconds. */
  readonly at: number;
  readonly linesSince: number;
}

export class LoginNeeds {
  readonly #types: TypeSource;
  readonly #lastEnd: (row: Life) => number | null;
  readonly #changed: (id: AgentId) => void;
  readonly #needs = new Map<string, Need>();
  readonly #compiled = new WeakMap<TypePatterns, RE2JS>();

  /**
   * `lastEnd` is when the container's last run ended, by the engine's clock, null when none has: what was said after it belongs to the run that is
   * under way. Not the start of that run, which the engine writes down only after the program runs and may have said its line. `changed` is called
   * when an agent's need came, went or is another one.
   */
  constructor(types: TypeSource, lastEnd: (row: Life) => number | null, changed: (id: AgentId) => void) {
    this.#types = types;
    this.#lastEnd = lastEnd;
    this.#changed = changed;
  }

  /** What a running agent needs now. */
  of(row: Life): LoginNeedView | null {
    const need = this.#needs.get(row.id);
    if (need === undefined || need.containerId !== row.containerId || need.at <= (this.#lastEnd(row) ?? 0))
      return null;
    return { line: need.line, help: this.#types.get(row.type)?.loginHelp ?? null };
  }

  /** New lines of an agent, in order. */
  see(row: Life, lines: readonly LogLine[]): void {
    const pattern = this.#pattern(row.type);
    if (pattern === null) return;
    const before = this.of(row);
    const known = this.#needs.get(row.id);
    const skipped = Math.max(0, lines.length - LINES_PER_BATCH);
    let need = known === undefined ? undefined : later(known, skipped);
    for (const { text, time } of lines.slice(skipped)) {
      const said = wordsOf(text);
      if (said === '') continue;
      if (pattern.matcher(said).find())
        need = {
          containerId: row.containerId,
          line: said.slice(0, SHOWN_CHARACTERS),
          at: Date.parse(time),
          linesSince: 0,
        };
      else if (need !== undefined) need = later(need, 1);
    }
    if (need !== undefined && need.linesSince < MOVED_ON_LINES) this.#needs.set(row.id, need);
    else this.#needs.delete(row.id);
    if (this.of(row)?.line !== before?.line) this.#changed(row.id);
  }

  forget(id: string): void {
    this.#needs.delete(id);
  }

  #pattern(type: string): RE2JS | null {
    const patterns = this.#types.get(type)?.patterns;
    if (patterns === undefined || patterns.login.length === 0) return null;
    const known = this.#compiled.get(patterns);
    if (known !== undefined) return known;
    const compiled = RE2JS.compile(patterns.login.map((each) => `(?:${each})`).join('|'));
    this.#compiled.set(patterns, compiled);
    return compiled;
  }
}

function later(need: Need, lines: number): Need {
  return { ...need, linesSince: need.linesSince + lines };
}

/** A line without terminal codes, its words apart by one space. */
function wordsOf(text: string): string {
  return plainText(text.slice(0, LINE_CHARACTERS).replace(CURSOR_MOVES, ' ')).replace(/\s+/g, ' ');
}
