import { redirect } from '@sveltejs/kit';
import { action } from '#lib/server/http/doors.ts';
import { closeSession } from '#lib/server/http/session.ts';

export const load = () => redirect(303, '/');

export const actions = {
  default: action(({ app, actor, event }) => {
    app.services.accounts.logout(actor);
    closeSession(event);
    redirect(303, '/login');
  }),
};
