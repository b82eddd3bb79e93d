import { agentFilter, idempotencyKey, pageQuery } from '#lib/server/http/agent-query.ts';
import { endpoint, isTrue, readJson } from '#lib/server/http/doors.ts';

export const GET = endpoint(({ app, actor, event }) => {
  const { limit, cursor } = pageQuery(event.url);
  return app.services.agents.page(actor, agentFilter(event.url), limit, cursor);
});

export const POST = endpoint(async ({ app, actor, event }) => {
  const wait = isTrue(event.url.searchParams.get('wait'));
  const input = await readJson(event.request);
  const agent = await app.services.agents.spawn(actor, input, {
    wait,
    idempotencyKey: idempotencyKey(event.request),
  });
  return Response.json(agent, { status: 201, headers: { location: `/api/agents/${agent.id}` } });
});
