import { endpoint, readJson } from '#lib/server/http/doors.ts';

/** The body of a spawn, and what would come of it. Makes nothing. `?agent=` is one that shall be made anew. */
export const POST = endpoint(async ({ app, actor, event }) =>
  app.services.preflight.check(actor, await readJson(event.request), event.url.searchParams.get('agent')),
);
