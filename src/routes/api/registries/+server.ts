import { endpoint } from '#lib/server/http/doors.ts';

/** Logins by address, without their passwords. */
export const GET = endpoint(({ app, actor }) => {
  const registries = app.services.registries.list(actor);
  return { registries, count: registries.length };
});
