import { endpoint } from '#lib/server/http/doors.ts';

/** 204: all that was told so far was looked at. */
export const POST = endpoint(({ app, actor }) => {
  app.services.alerts.markSeen(actor);
  return new Response(null, { status: 204 });
});
