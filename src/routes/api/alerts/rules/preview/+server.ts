import { endpoint, readJson } from '#lib/server/http/doors.ts';

/** `{scope, condition, cooldownSeconds}`, or a whole rule: when it would have fired in the last two hours. */
export const POST = endpoint(async ({ app, actor, event }) =>
  app.services.alertRules.preview(actor, await readJson(event.request)),
);
