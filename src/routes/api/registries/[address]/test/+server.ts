import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** Asks the registry whether it takes the login that is kept: 200, or its words. */
export const POST = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.registries.test(actor, event.params.address),
);
