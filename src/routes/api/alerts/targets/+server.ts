import { endpoint, readJson } from '#lib/server/http/doors.ts';

/** Private networks, addresses and names that alerts may be sent to. */
export const GET = endpoint(({ app, actor }) => app.services.alertTargets.list(actor));

/** `{allowed: [...]}`, the whole list anew. */
export const PUT = endpoint(async ({ app, actor, event }) =>
  app.services.alertTargets.put(actor, await readJson(event.request)),
);
