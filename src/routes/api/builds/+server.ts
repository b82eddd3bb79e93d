import { buildAnswer } from '#lib/server/http/build-answer.ts';
import { endpoint } from '#lib/server/http/doors.ts';

/** Newest first. */
export const GET = endpoint(({ app, actor }) => {
  const builds = app.services.builds.list(actor);
  return { builds, count: builds.length };
});

export const POST = endpoint(({ app, actor, event }) => buildAnswer(app, actor, event.request, event.url));
