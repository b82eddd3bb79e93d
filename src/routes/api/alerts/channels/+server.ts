import { endpoint, readJson } from '#lib/server/http/doors.ts';
import { versionedAnswer } from '#lib/server/http/versioned-answer.ts';

/** All channels without what is secret of them. */
export const GET = endpoint(({ app, actor }) => {
  const channels = app.services.alertChannels.list(actor);
  return { channels, count: channels.length };
});

export const POST = endpoint(async ({ app, actor, event }) =>
  versionedAnswer(app.services.alertChannels.create(actor, await readJson(event.request)), 201),
);
