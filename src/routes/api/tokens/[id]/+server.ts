import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const DELETE = endpoint<RequestEvent>(({ app, actor, event }) => {
  app.services.accounts.revokeToken(actor, event.params.id);
  return new Response(null, { status: 204 });
});
