import { endpoint, readQuery } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** A page of a folder, or what there is to know of anything else. */
export const GET = endpoint<RequestEvent>(({ app, actor, event: { params, url } }) =>
  app.services.files.look(actor, params.id, readQuery(url)),
);

export const DELETE = endpoint<RequestEvent>(async ({ app, actor, event: { params, url } }) => {
  await app.services.files.delete(actor, params.id, readQuery(url));
  return new Response(null, { status: 204 });
});
