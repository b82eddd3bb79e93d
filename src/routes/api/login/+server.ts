import { endpoint, readJson } from '#lib/server/http/doors.ts';
import { openSession, visitorOf } from '#lib/server/http/session.ts';

export const POST = endpoint(async ({ app, event }) => {
  const session = await app.services.accounts.login(await readJson(event.request), visitorOf(event));
  openSession(event, session);
  return { user: session.user };
});
