import { redirect } from '@sveltejs/kit';
import { action, load as door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent, RequestEvent } from './$types';

type App = App.Locals['app'];
type Actor = App.Locals['actor'];
interface Door {
  readonly app: App;
  readonly actor: Actor;
  readonly event: PageServerLoadEvent;
}
type ActionDoor = Omit<Door, 'event'> & { readonly event: RequestEvent };

export const load = door(async ({ app, actor, event }: Door) => {
  event.depends('slipway:image');
  return { image: await app.services.images.get(actor, event.params.id, { host: hostOf(event.url) }) };
});

export const actions = {
  /** A further name: the field `name`. */
  tag: action(async ({ app, actor, event }: ActionDoor, form) => {
    const wish = { name: text(form, 'name') };
    await app.services.images.tag(actor, event.params.id, wish, { host: hostOf(event.url) });
    return { done: 'tag' as const };
  }),
  /** Takes one of its names away; with the last one it goes. */
  untag: action(async ({ app, actor, event }: ActionDoor, form) => {
    const { images } = app.services;
    const host = hostOf(event.url);
    const { tags } = await images.get(actor, event.params.id, { host });
    await images.remove(actor, event.params.id, { host, name: text(form, 'name') });
    if (tags.length <= 1) redirect(303, '/images');
    return { done: 'untag' as const };
  }),
  /** With `untag` in the form only its names go, and whoever uses it keeps it. */
  remove: action(async ({ app, actor, event }: ActionDoor, form) => {
    const choice = { host: hostOf(event.url), untag: text(form, 'untag') === 'true' };
    await app.services.images.remove(actor, event.params.id, choice);
    redirect(303, '/images');
  }),
};

function hostOf(url: URL): string | undefined {
  return url.searchParams.get('host') ?? undefined;
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
