import { endpoint } from '#lib/server/http/doors.ts';

/** Those that run now, with their layers. */
export const GET = endpoint(({ app, actor }) => {
  const pulls = app.services.pulls.list(actor);
  return { pulls, count: pulls.length };
});
