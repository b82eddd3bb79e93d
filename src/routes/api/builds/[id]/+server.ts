import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.builds.get(actor, event.params.id),
);

/** 204. The record and its output; the image stays. */
export const DELETE = endpoint<RequestEvent>(({ app, actor, event }) => {
  app.services.builds.delete(actor, event.params.id);
  return new Response(null, { status: 204 });
});
