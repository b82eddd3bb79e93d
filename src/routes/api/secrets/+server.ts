import { endpoint, readJson } from '#lib/server/http/doors.ts';

/** All secrets without their values. */
export const GET = endpoint(({ app, actor }) => {
  const secrets = app.services.secrets.list(actor);
  return { secrets, count: secrets.length };
});

/** `{name, value}`: makes one (201), or gives one that is there another value (200). The value is never in an answer. */
export const POST = endpoint(async ({ app, actor, event }) => {
  const { secret, made } = app.services.secrets.put(actor, await readJson(event.request));
  return Response.json(secret, { status: made ? 201 : 200 });
});
