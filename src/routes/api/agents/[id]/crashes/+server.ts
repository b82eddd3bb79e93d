import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) => {
  const crashes = app.services.crashes.ofAgent(actor, event.params.id);
  return { crashes, count: crashes.length };
});
