import { redirect } from '@sveltejs/kit';
import { action, load as door } from '#lib/server/http/doors.ts';
import { textsIn } from '../../form-text.ts';
import { channelInput, emptyChannel, fieldsOf, kindIn } from './channel-fields.ts';
import type { PageServerLoadEvent, RequestEvent } from './$types';

type App = App.Locals['app'];
type Actor = App.Locals['actor'];
interface Door<Event> {
  readonly app: App;
  readonly actor: Actor;
  readonly event: Event;
}

/** `new` is no channel: it is the form for one, of the kind in `kind`. */
export const load = door(({ app, actor, event }: Door<PageServerLoadEvent>) => {
  event.depends('slipway:alerts');
  const mayChange = actor?.role === 'admin';
  if (event.params.id === 'new') {
    app.services.alertChannels.list(actor);
    return {
      channel: null,
      kind: kindIn(event.url.searchParams.get('kind')),
      fields: emptyChannel(),
      mayChange,
    };
  }
  const channel = app.services.alertChannels.get(actor, event.params.id);
  return { channel, kind: channel.kind, fields: fieldsOf(channel), mayChange };
});

export const actions = {
  /** With `version`, that of what was read: a change in between is refused. */
  save: action(({ app, actor, event }: Door<RequestEvent>, form) => {
    const texts = textsIn(form);
    const input = channelInput(kindIn(texts['kind'] ?? null), texts);
    const { alertChannels } = app.services;
    const { id } = event.params;
    if (id === 'new') {
      alertChannels.create(actor, input);
      return redirect(303, '/settings/alerts');
    }
    const version = Number(form.get('version') ?? Number.NaN);
    const channel = alertChannels.update(actor, id, input, Number.isInteger(version) ? version : null);
    return { done: 'save' as const, saved: channel.version };
  }),
  test: action(async ({ app, actor, event }: Door<RequestEvent>) => ({
    done: 'test' as const,
    ...(await app.services.alertChannels.test(actor, event.params.id)),
  })),
  delete: action(({ app, actor, event }: Door<RequestEvent>) => {
    app.services.alertChannels.delete(actor, event.params.id);
    return redirect(303, '/settings/alerts');
  }),
};
