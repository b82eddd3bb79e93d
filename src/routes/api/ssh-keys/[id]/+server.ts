import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** Connections that were made with it end. */
export const DELETE = endpoint<RequestEvent>(({ app, actor, event }) => {
  app.services.sshKeys.remove(actor, event.params.id);
  return new Response(null, { status: 204 });
});
