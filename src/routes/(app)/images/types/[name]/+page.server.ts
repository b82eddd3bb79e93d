import { redirect } from '@sveltejs/kit';
import { action, load as door } from '#lib/server/http/doors.ts';
import { emptyFields, fieldsOf, inputOf, typeFieldsIn } from './type-fields.ts';
import type { PageServerLoadEvent, RequestEvent } from './$types';

type App = App.Locals['app'];
type Actor = App.Locals['actor'];
interface Door<Event> {
  readonly app: App;
  readonly actor: Actor;
  readonly event: Event;
}

/** `new` is no type: it is the form for one, empty or as the type in `from`. */
export const load = door(({ app, actor, event }: Door<PageServerLoadEvent>) => {
  event.depends('slipway:types');
  const { types } = app.services;
  const { name } = event.params;
  if (name === 'new') {
    const from = event.url.searchParams.get('from');
    const fields =
      from === null ? emptyFields() : { ...fieldsOf(types.get(actor, from)), name: '', title: '' };
    return { type: null, from, toml: null, fields };
  }
  const type = types.get(actor, name);
  const toml = actor?.role === 'viewer' ? null : types.toToml(actor, name);
  return { type, from: null, toml, fields: fieldsOf(type) };
});

export const actions = {
  /** With `version`, that of what was read: a change in between is refused. */
  save: action(({ app, actor, event }: Door<RequestEvent>, form) => {
    const { name } = event.params;
    const input = inputOf(typeFieldsIn(form));
    if (name === 'new') {
      const made = app.services.types.create(actor, input);
      return redirect(303, `/images/types/${made.name}`);
    }
    const version = Number(form.get('version') ?? Number.NaN);
    const type = app.services.types.update(
      actor,
      name,
      { ...input, name },
      Number.isInteger(version) ? version : null,
    );
    return { saved: type.version };
  }),
  delete: action(({ app, actor, event }: Door<RequestEvent>) => {
    app.services.types.delete(actor, event.params.name);
    return redirect(303, '/images/types');
  }),
};
