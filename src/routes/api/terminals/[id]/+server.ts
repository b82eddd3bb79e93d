import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.terminals.get(actor, event.params.id),
);

/** Ends it; the record of it stays. */
export const DELETE = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.terminals.end(actor, event.params.id),
);
