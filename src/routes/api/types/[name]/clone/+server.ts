import { endpoint, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) =>
  Response.json(app.services.types.clone(actor, event.params.name, await readJson(event.request)), {
    status: 201,
  }),
);
