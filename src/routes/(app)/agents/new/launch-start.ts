/** How the form begins: as the page was asked for, or as it came back from the server. */
import type { Problem } from '#lib/domain/errors.ts';
import type { PreflightView } from '#lib/protocol/views.ts';
import { fieldsAmong, type Fields, type FilledFields } from './fields.ts';
import { LaunchForm, type Edited } from './launch-form.svelte.ts';
import { PasteRun, type Note } from './paste-run.svelte.ts';

export interface Asked {
  readonly fields: Fields;
  readonly standards: Readonly<Record<string, FilledFields>>;
  readonly edited: Edited | null;
  /** The box for a docker run command is open. */
  readonly pasting: boolean;
}

/** What an action of the page answers: a refusal with what was sent, or fields that it filled. */
export interface FormAnswer {
  readonly error?: Problem | undefined;
  readonly values?: Readonly<Record<string, string>> | undefined;
  readonly filled?: Fields | undefined;
  readonly notes?: readonly Note[] | undefined;
  readonly checked?: PreflightView | undefined;
}

export function startLaunch(asked: Asked, answer: FormAnswer): { form: LaunchForm; paste: PasteRun } {
  const { error, values = {}, filled, notes, checked } = answer;
  const pasting = error !== undefined && values['do'] === 'paste';
  const given = error !== undefined && !pasting ? fieldsAmong(values) : (filled ?? asked.fields);
  const { edited } = asked;
  const fields = edited === null ? given : { ...edited.before, ...given, tags: edited.before.tags };
  const form = new LaunchForm({
    fields,
    standards: asked.standards,
    edited,
    refusal: error !== undefined && !pasting ? { problem: error, fields } : null,
    checked: checked ?? null,
  });
  const paste = new PasteRun(form);
  paste.open = notes === undefined && (asked.pasting || pasting);
  paste.notes = notes ?? null;
  if (pasting) {
    paste.text = values['run'] ?? '';
    paste.problem = error;
  }
  return { form, paste };
}
