import { endpoint, readJson } from '#lib/server/http/doors.ts';

/** One verb on many agents: `{verb, agents or filter, input, dryRun}` to `{results, count, failed}`. */
export const POST = endpoint(async ({ app, actor, event }) =>
  app.services.bulk.run(actor, await readJson(event.request)),
);
