import { endpoint, readJson } from '#lib/server/http/doors.ts';
import { versionIn } from '#lib/server/http/type-answer.ts';
import { versionedAnswer } from '#lib/server/http/versioned-answer.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  versionedAnswer(app.services.alertChannels.get(actor, event.params.id)),
);

/** The whole channel anew; secrets that are left out stay, null takes one away. With `If-Match`: 409 when it was changed since. */
export const PUT = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const { request, params } = event;
  const input = await readJson(request);
  return versionedAnswer(app.services.alertChannels.update(actor, params.id, input, versionIn(request)));
});

export const DELETE = endpoint<RequestEvent>(({ app, actor, event }) => {
  app.services.alertChannels.delete(actor, event.params.id);
  return new Response(null, { status: 204 });
});
