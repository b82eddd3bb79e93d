import { redirect } from '@sveltejs/kit';
import { splitCommand } from '#lib/domain/docker-run/split.ts';
import { validationError } from '#lib/domain/errors.ts';
import { action, load as door, type Door } from '#lib/server/http/doors.ts';
import { isAllowed } from '#lib/server/services/access.ts';
import type { PageServerLoadEvent, RequestEvent } from './$types';

/** Which session or recording is shown stands in the address, so that a reload shows it again. */
export const load = door(({ app, actor, event }: Door<PageServerLoadEvent>) => {
  event.depends('slipway:terminals');
  const terminals = app.services.terminals.list(actor, event.params.id);
  return { terminals, mayOpen: actor !== null && isAllowed(actor, 'terminal.open') };
});

const text = (value: FormDataEntryValue | null) => (typeof value === 'string' ? value.trim() : '');

function wordsOf(command: string): readonly string[] {
  const split = splitCommand(command);
  if ('words' in split) return split.words;
  throw validationError([{ field: 'command', value: command, rule: split.refusal.rule }]);
}

export const actions = {
  /** Fields `command` (words, quotes as in a shell), `user`, `attach`, `record`; a shell without them. */
  open: action(async ({ app, actor, event }: Door<RequestEvent>, form) => {
    const command = wordsOf(text(form.get('command')));
    const user = text(form.get('user'));
    const terminal = await app.services.terminals.open(actor, event.params.id, {
      attach: form.get('attach') === 'true',
      record: form.get('record') === 'true',
      ...(command.length === 0 ? {} : { command }),
      ...(user === '' ? {} : { user }),
    });
    return redirect(303, `/agents/${event.params.id}/terminal?session=${terminal.id}`);
  }),
  /** Ends the session in the field `id`. */
  end: action(async ({ app, actor }: Door<RequestEvent>, form) => {
    return { done: 'end', terminal: await app.services.terminals.end(actor, text(form.get('id'))) };
  }),
  deleteRecording: action(async ({ app, actor }: Door<RequestEvent>, form) => {
    await app.services.terminals.deleteRecording(actor, text(form.get('id')));
    return { done: 'deleteRecording' };
  }),
};
