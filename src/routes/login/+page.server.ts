import { redirect } from '@sveltejs/kit';
import { version } from '#lib/version.ts';
import { action, load as door } from '#lib/server/http/doors.ts';
import { openSession, safePath, visitorOf } from '#lib/server/http/session.ts';

export const load = door(({ actor, event }) => {
  if (actor !== null) redirect(303, safePath(event.url.searchParams.get('to')));
  return { host: event.url.host, version };
});

export const actions = {
  default: action(async ({ app, event }, form) => {
    const input = { name: form.get('name') ?? '', password: form.get('password') ?? '' };
    openSession(event, await app.services.accounts.login(input, visitorOf(event)));
    redirect(303, safePath(event.url.searchParams.get('to')));
  }),
};
