import { endpoint, readJson } from '#lib/server/http/doors.ts';

export const GET = endpoint(({ app, actor }) => {
  const tokens = app.services.accounts.tokens(actor);
  return { tokens, count: tokens.length };
});

/** `{name, expiresInDays}`; the answer holds the secret, this once. */
export const POST = endpoint(async ({ app, actor, event }) => {
  const { token, secret } = app.services.accounts.createToken(actor, await readJson(event.request));
  return Response.json({ ...token, secret }, { status: 201 });
});
