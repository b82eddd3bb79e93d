import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** By its id, or `latest`. */
export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.crashes.get(actor, event.params.id, event.params.crash),
);
