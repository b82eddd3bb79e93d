import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const POST = endpoint<RequestEvent>(({ app, actor, event }) => {
  app.services.operations.cancel(actor, event.params.id);
  return app.services.operations.get(actor, event.params.id);
});
