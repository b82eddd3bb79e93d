import { endpoint, readJson } from '#lib/server/http/doors.ts';
import { untilGone } from '#lib/server/http/until-gone.ts';
import type { RequestEvent } from './$types';

export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const input = await readJson(event.request);
  return untilGone(event, (signal) => app.services.messages.send(actor, event.params.id, input, signal));
});
