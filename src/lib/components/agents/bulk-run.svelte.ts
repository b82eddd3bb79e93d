/**
 * One verb on many agents, from the press to the result of each: first a preview where some cannot, then, for what takes away, a countdown in
 * which nothing was sent yet, then the one call. The rows show it meanwhile, and what failed stands at its row.
 */
import type { Problem } from '#lib/domain/errors.ts';
import { callApi } from '#lib/live/api.ts';
import type { Live } from '#lib/live/live.svelte.ts';
import type { BulkResult } from '#lib/protocol/views.ts';
import { inputOf, splitResults, waitOf, type BulkAnswer, type BulkVerb } from './bulk-verbs.ts';

type Ids = readonly string[];

export type BulkPhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking'; readonly verb: BulkVerb }
  | {
      readonly kind: 'preview';
      readonly verb: BulkVerb;
      readonly good: readonly BulkResult[];
      readonly bad: readonly BulkResult[];
    }
  | { readonly kind: 'waiting'; readonly verb: BulkVerb; readonly ids: Ids; readonly until: number }
  | { readonly kind: 'running'; readonly verb: BulkVerb; readonly ids: Ids }
  | {
      readonly kind: 'done';
      readonly verb: BulkVerb;
      readonly good: number;
      readonly bad: readonly BulkResult[];
    }
  | { readonly kind: 'refused'; readonly verb: BulkVerb; readonly problem: Problem };

export class BulkRun {
  phase = $state.raw<BulkPhase>({ kind: 'idle' });
  readonly #live: Live;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(live: Live) {
    this.#live = live;
  }

  get busy(): boolean {
    return ['asking', 'waiting', 'running'].includes(this.phase.kind);
  }

  /** Looks whether all can; then goes on by itself, else shows which cannot. */
  async ask(verb: BulkVerb, ids: Ids): Promise<void> {
    if (this.busy) return;
    const asking: BulkPhase = { kind: 'asking', verb };
    this.phase = asking;
    const answer = await callApi('POST', '/api/bulk', {
      verb,
      agents: ids,
      input: inputOf(verb),
      dryRun: true,
    });
    if (this.phase !== asking) return;
    if (!answer.ok) {
      this.phase = { kind: 'refused', verb, problem: answer.error };
      return;
    }
    const { good, bad } = splitResults((answer.value as BulkAnswer).results);
    if (bad.length > 0) this.phase = { kind: 'preview', verb, good, bad };
    else this.begin(verb, ids);
  }

  /** At once, or after a countdown for what takes away. */
  begin(verb: BulkVerb, ids: Ids): void {
    const wait = waitOf(verb);
    if (wait === 0) {
      void this.#run(verb, ids);
      return;
    }
    this.phase = { kind: 'waiting', verb, ids, until: Date.now() + wait };
    this.#timer = setTimeout(() => this.now(), wait);
  }

  /** Ends the countdown. */
  now(): void {
    clearTimeout(this.#timer);
    if (this.phase.kind === 'waiting') void this.#run(this.phase.verb, this.phase.ids);
  }

  /** Takes the countdown back, or puts a preview or a result away. Nothing of it ends what was sent. */
  clear(): void {
    clearTimeout(this.#timer);
    if (this.phase.kind !== 'running') this.phase = { kind: 'idle' };
  }

  async #run(verb: BulkVerb, ids: Ids): Promise<void> {
    const live = this.#live;
    this.phase = { kind: 'running', verb, ids };
    live.pending = { ...live.pending, ...Object.fromEntries(ids.map((id) => [id, verb])) };
    live.problems = without(live.problems, ids);
    const answer = await callApi('POST', '/api/bulk', { verb, agents: ids, input: inputOf(verb) });
    live.pending = without(live.pending, ids);
    if (!answer.ok) {
      this.phase = { kind: 'refused', verb, problem: answer.error };
      return;
    }
    const { good, bad } = splitResults((answer.value as BulkAnswer).results);
    const problems = bad.flatMap(({ id, error }) => (error === null ? [] : [[id, error] as const]));
    live.problems = { ...live.problems, ...Object.fromEntries(problems) };
    this.phase = { kind: 'done', verb, good: good.length, bad };
  }
}

function without<Value>(record: Readonly<Record<string, Value>>, ids: Ids): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).filter(([id]) => !ids.includes(id)));
}
