import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** The same again, for one that failed or was cancelled. Answers the new operation. */
export const POST = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.retry.retry(actor, event.params.id),
);
