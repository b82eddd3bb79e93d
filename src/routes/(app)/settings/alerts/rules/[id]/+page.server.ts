import { redirect } from '@sveltejs/kit';
import { action, load as door } from '#lib/server/http/doors.ts';
import { textsIn } from '../../form-text.ts';
import { emptyRule, fieldsOf, ruleInput, whenIn } from './rule-fields.ts';
import type { PageServerLoadEvent, RequestEvent } from './$types';

type App = App.Locals['app'];
type Actor = App.Locals['actor'];
interface Door<Event> {
  readonly app: App;
  readonly actor: Actor;
  readonly event: Event;
}

/** `new` is no rule: it is the form for one, of the kind in `when`. */
export const load = door(({ app, actor, event }: Door<PageServerLoadEvent>) => {
  event.depends('slipway:alerts');
  const { alertRules, alertChannels } = app.services;
  const channels = alertChannels.list(actor).map(({ id, name, kind }) => ({ id, name, kind }));
  const mayChange = actor?.role === 'admin';
  if (event.params.id === 'new') {
    const fields = emptyRule(channels.map((each) => each.id));
    return { rule: null, when: whenIn(event.url.searchParams.get('when')), channels, fields, mayChange };
  }
  const rule = alertRules.get(actor, event.params.id);
  return { rule, when: rule.condition.when, channels, fields: fieldsOf(rule), mayChange };
});

export const actions = {
  /** With `version`, that of what was read: a change in between is refused. */
  save: action(({ app, actor, event }: Door<RequestEvent>, form) => {
    const input = ruleInput(textsIn(form));
    const { id } = event.params;
    if (id === 'new') {
      app.services.alertRules.create(actor, input);
      return redirect(303, '/settings/alerts');
    }
    const version = Number(form.get('version') ?? Number.NaN);
    const rule = app.services.alertRules.update(actor, id, input, Number.isInteger(version) ? version : null);
    return { done: 'save' as const, saved: rule.version };
  }),
  /** What it would have told; nothing is kept. Gives the texts back as they were. */
  preview: action(async ({ app, actor }: Door<RequestEvent>, form) => {
    const texts = textsIn(form);
    const preview = await app.services.alertRules.preview(actor, ruleInput(texts));
    return { done: 'preview' as const, preview, values: texts };
  }),
  delete: action(({ app, actor, event }: Door<RequestEvent>) => {
    app.services.alertRules.delete(actor, event.params.id);
    return redirect(303, '/settings/alerts');
  }),
};
