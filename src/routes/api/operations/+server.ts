import { endpoint } from '#lib/server/http/doors.ts';

export const GET = endpoint(({ app, actor }) => {
  const operations = app.services.operations.list(actor);
  return { operations, count: operations.length };
});
