import { endpoint, isTrue } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** 409 while agents use it, unless `force=true`. */
export const DELETE = endpoint<RequestEvent>(({ app, actor, event }) => {
  const force = isTrue(event.url.searchParams.get('force'));
  app.services.secrets.delete(actor, event.params.name, force);
  return new Response(null, { status: 204 });
});
