import { endpoint } from '#lib/server/http/doors.ts';

/** Containers that are nobody's agents. */
export const GET = endpoint(async ({ app, actor }) => {
  const containers = await app.services.adoption.unmanaged(actor);
  return { containers, count: containers.length };
});
