import { removalQuery } from '#lib/server/http/agent-query.ts';
import { endpoint, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** With `imageMoved`: whether its image's name means another image by now; null when the host does not say. */
export const GET = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const agent = app.services.agents.get(actor, event.params.id);
  const { imageMoved } = await app.services.images.moved(actor, agent.id);
  return { ...agent, imageMoved };
});

/** Limits, restart policy, idle rule, ttl, notes, colour and name, without a restart. */
export const PATCH = endpoint<RequestEvent>(async ({ app, actor, event }) =>
  app.services.agents.update(actor, event.params.id, await readJson(event.request)),
);

/** Stops and removes; 204. Without `force` a running agent is refused. With `wait=false` 202 and the agent as soon as it has begun. */
export const DELETE = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const wait = event.url.searchParams.get('wait') !== 'false';
  const agent = await app.services.agents.remove(actor, event.params.id, removalQuery(event.url), { wait });
  return wait ? new Response(null, { status: 204 }) : Response.json(agent, { status: 202 });
});
