import { endpoint, readJson } from '#lib/server/http/doors.ts';
import { openSession, visitorOf } from '#lib/server/http/session.ts';

/** Makes the first admin: `{token, name, password}`. */
export const POST = endpoint(async ({ app, event }) => {
  const session = await app.services.accounts.setup(await readJson(event.request), visitorOf(event));
  openSession(event, session);
  return Response.json({ user: session.user }, { status: 201 });
});
