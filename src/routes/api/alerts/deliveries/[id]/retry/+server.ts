import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** Tries it again now, also when it was given up. */
export const POST = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.alerts.retry(actor, event.params.id),
);
