import { endpoint } from '#lib/server/http/doors.ts';

export const GET = endpoint(({ app, actor }) => {
  const hosts = app.services.hosts.list(actor);
  return { hosts, count: hosts.length };
});
