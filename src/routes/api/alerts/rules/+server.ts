import { endpoint, readJson } from '#lib/server/http/doors.ts';
import { versionedAnswer } from '#lib/server/http/versioned-answer.ts';

export const GET = endpoint(({ app, actor }) => {
  const rules = app.services.alertRules.list(actor);
  return { rules, count: rules.length };
});

export const POST = endpoint(async ({ app, actor, event }) =>
  versionedAnswer(app.services.alertRules.create(actor, await readJson(event.request)), 201),
);
