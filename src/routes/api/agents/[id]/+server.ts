import type { RequestEvent } from './$types';
import { removalQuery } from '#lib/server/http/agent-query.ts';
import { endpoint } from '#lib/server/http/doors.ts';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) => app.services.agents.get(actor, event.params.id));

/** Stops and removes; 204. Without `force` a running agent is refused. */
export const DELETE = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  await app.services.agents.remove(actor, event.params.id, removalQuery(event.url), { wait: true });
  return new Response(null, { status: 204 });
});
