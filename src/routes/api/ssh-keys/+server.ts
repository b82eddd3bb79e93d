import { endpoint, readJson } from '#lib/server/http/doors.ts';

/** One's own public keys. */
export const GET = endpoint(({ app, actor }) => {
  const keys = app.services.sshKeys.list(actor);
  return { keys, count: keys.length };
});

/** `{publicKey, name}`; without a name it is the key's comment. */
export const POST = endpoint(async ({ app, actor, event }) =>
  Response.json(app.services.sshKeys.add(actor, await readJson(event.request)), { status: 201 }),
);
