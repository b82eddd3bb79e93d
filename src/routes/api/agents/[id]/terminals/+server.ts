import { endpoint, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) => {
  const terminals = app.services.terminals.list(actor, event.params.id);
  return { terminals, count: terminals.length };
});

export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const made = await app.services.terminals.open(actor, event.params.id, await readJson(event.request));
  return Response.json(made, { status: 201 });
});
