import { endpoint, readJson } from '#lib/server/http/doors.ts';

export const POST = endpoint(async ({ app, actor, event }) => {
  const row = await app.services.adoption.adopt(actor, await readJson(event.request));
  const agent = app.services.agents.get(actor, row.id);
  return Response.json(agent, { status: 201, headers: { location: `/api/agents/${agent.id}` } });
});
