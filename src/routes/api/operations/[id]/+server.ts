import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.operations.get(actor, event.params.id),
);
