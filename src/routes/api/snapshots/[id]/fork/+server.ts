import { endpoint, isTrue, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** New agents from a snapshot: `{name}` or `{count}`, and `spec` with fields that shall be other. */
export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const wait = isTrue(event.url.searchParams.get('wait'));
  const agents = await app.services.forking.fork(actor, event.params.id, await readJson(event.request), {
    wait,
  });
  return Response.json({ agents, count: agents.length }, { status: 201 });
});
