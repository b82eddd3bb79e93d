import { endpoint, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) => ({
  snapshots: app.services.snapshots.ofAgent(actor, event.params.id),
}));

export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const snapshot = await app.services.snapshots.create(actor, event.params.id, await readJson(event.request));
  return Response.json(snapshot, { status: 201 });
});
