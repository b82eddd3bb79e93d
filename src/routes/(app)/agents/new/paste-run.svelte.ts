/** A docker run command that fills the form: its text, what was left out of it, what is wrong with it. */
import type { Problem } from '#lib/domain/errors.ts';
import { callApi } from '#lib/live/api.ts';
import { c } from '#lib/text/en-create.ts';
import type { LaunchForm } from './launch-form.svelte.ts';
import { fieldsFrom, isGroup } from './spawn-form.ts';

export interface Note {
  readonly flag: string;
  readonly why: string;
}

export class PasteRun {
  open = $state(false);
  text = $state('');
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** null: nothing was filled in yet. */
  notes = $state.raw<readonly Note[] | null>(null);
  readonly #form: LaunchForm;

  constructor(form: LaunchForm) {
    this.#form = form;
  }

  /** What is wrong with the command: each word with its place. */
  readonly wrong = $derived.by(() =>
    (this.problem?.details?.fields ?? []).map(({ field, value, rule }) => {
      const place = /\[(\d+)\]$/.exec(field)?.[1];
      const found = typeof value === 'string' ? value : '';
      if (place !== undefined) return c.paste.word(Number(place) + 1, found, rule);
      return found === '' ? rule : c.paste.found(found, rule);
    }),
  );

  async apply(text = this.text): Promise<void> {
    this.text = text;
    this.busy = true;
    const answer = await callApi('POST', '/api/run-command', { command: text });
    this.busy = false;
    const input: unknown = answer.ok && isGroup(answer.value) ? answer.value['input'] : null;
    if (!answer.ok || !isGroup(answer.value) || !isGroup(input)) {
      this.open = true;
      this.notes = null;
      this.problem = answer.ok ? { code: 'INTERNAL', message: c.unreachable, hint: '' } : answer.error;
      return;
    }
    this.#form.fill(fieldsFrom(input));
    const notes = answer.value['notes'];
    this.notes = Array.isArray(notes) ? notes.filter(isNote) : [];
    this.problem = null;
    this.open = false;
  }
}

function isNote(value: unknown): value is Note {
  return isGroup(value) && typeof value['flag'] === 'string' && typeof value['why'] === 'string';
}
