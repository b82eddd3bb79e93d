import { endpoint, readJson } from '#lib/server/http/doors.ts';

/** What would go; with `dryRun: false` it goes. */
export const POST = endpoint(async ({ app, actor, event }) =>
  app.services.prune.prune(actor, await readJson(event.request)),
);
