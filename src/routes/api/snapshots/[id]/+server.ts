import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const DELETE = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  await app.services.snapshots.delete(actor, event.params.id);
  return new Response(null, { status: 204 });
});
