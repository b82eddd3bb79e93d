import { endpoint, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/**
 * `{username, password, force?}`: kept when the registry takes it, with `force` also when it does not; `works` in the answer says which. 201
 * for a new one.
 */
export const PUT = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const input = await readJson(event.request);
  const { registry, made, works } = await app.services.registries.put(actor, event.params.address, input);
  return Response.json({ ...registry, works }, { status: made ? 201 : 200 });
});

export const DELETE = endpoint<RequestEvent>(({ app, actor, event }) => {
  app.services.registries.delete(actor, event.params.address);
  return new Response(null, { status: 204 });
});
