import { endpoint } from '#lib/server/http/doors.ts';

export const GET = endpoint(({ app, actor }) => {
  const snapshots = app.services.snapshots.list(actor);
  return { snapshots, count: snapshots.length };
});
