import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** Sends a test and gives what the other side said: `{ok, answer, tookMs}`. */
export const POST = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.alertChannels.test(actor, event.params.id),
);
