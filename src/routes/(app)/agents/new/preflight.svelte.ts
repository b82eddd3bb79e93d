/**
 * The checks before a launch, asked for while the form is filled in. The last answer stays while the next is fetched; a question that is out of
 * date is taken back.
 */
import type { Problem } from '#lib/domain/errors.ts';
import type { PreflightView } from '#lib/protocol/views.ts';
import { c } from '#lib/text/en-create.ts';
import type { SpawnBody } from './spawn-form.ts';

const PAUSE_MS = 400;

export class Preflight {
  answer = $state.raw<PreflightView | null>(null);
  /** The last command that could be written; kept while the fields are not right. */
  command = $state.raw<string | null>(null);
  /** Why there is no answer: the session ended, the server is away. */
  problem = $state.raw<Pick<Problem, 'message' | 'hint'> | null>(null);
  checking = $state(false);
  #asking: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = false;

  readonly #address: string;
  readonly #onanswer: () => void;

  /** `edited`: the agent that shall be made anew, or null. */
  constructor(answer: PreflightView | null, edited: string | null, onanswer: () => void) {
    this.#address = `/api/preflight${edited === null ? '' : `?agent=${edited}`}`;
    this.#onanswer = onanswer;
    this.answer = answer;
    this.command = answer?.command ?? null;
  }

  /** Asks when nothing has changed for a moment; the first time at once. */
  ask(body: SpawnBody): void {
    this.end();
    this.checking = true;
    this.#timer = setTimeout(() => void this.#fetch(body), this.#asked ? PAUSE_MS : 0);
    this.#asked = true;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.checking = false;
  }

  async #fetch(body: SpawnBody): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const response = await fetch(this.#address, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: asking.signal,
      });
      const value: unknown = await response.json();
      if (asking.signal.aborted) return;
      this.problem = response.ok ? null : problemIn(value);
      if (response.ok && isAnswer(value)) {
        this.answer = value;
        if (value.command !== null) this.command = value.command;
      }
    } catch {
      if (asking.signal.aborted) return;
      this.problem = { message: c.unreachable, hint: '' };
    }
    this.checking = false;
    this.#onanswer();
  }
}

function isAnswer(value: unknown): value is PreflightView {
  return typeof value === 'object' && value !== null && 'checks' in value && 'hosts' in value;
}

function problemIn(value: unknown): Pick<Problem, 'message' | 'hint'> {
  const error: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'error') : null;
  const text = (key: string): string => {
    const found: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, key) : null;
    return typeof found === 'string' ? found : '';
  };
  return { message: text('message') || c.unreachable, hint: text('hint') };
}
