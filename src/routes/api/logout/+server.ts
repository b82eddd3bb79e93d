import { endpoint } from '#lib/server/http/doors.ts';
import { closeSession } from '#lib/server/http/session.ts';

export const POST = endpoint(({ app, actor, event }) => {
  app.services.accounts.logout(actor);
  closeSession(event);
  return new Response(null, { status: 204 });
});
