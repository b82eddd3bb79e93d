import { endpoint, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** `{"from", "to", "overwrite"}` */
export const POST = endpoint<RequestEvent>(async ({ app, actor, event: { params, request } }) =>
  app.services.files.move(actor, params.id, await readJson(request)),
);
