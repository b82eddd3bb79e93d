import { endpoint, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** `{"path"}` */
export const POST = endpoint<RequestEvent>(async ({ app, actor, event: { params, request } }) =>
  Response.json(await app.services.files.makeFolder(actor, params.id, await readJson(request)), {
    status: 201,
  }),
);
