import { redirect } from '@sveltejs/kit';
import { action, load as door } from '#lib/server/http/doors.ts';
import { openSession, visitorOf } from '#lib/server/http/session.ts';
import { version } from '#lib/version.ts';

export const load = door(({ app, event }) => {
  if (!app.services.accounts.needsSetup) redirect(303, '/');
  return { host: event.url.host, version, token: event.url.searchParams.get('token') ?? '' };
});

export const actions = {
  default: action(async ({ app, event }, form) => {
    const input = {
      token: form.get('token') ?? '',
      name: form.get('name') ?? '',
      password: form.get('password') ?? '',
    };
    openSession(event, await app.services.accounts.setup(input, visitorOf(event)));
    redirect(303, '/');
  }),
};
