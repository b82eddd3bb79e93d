import { endpoint, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.hostDefaults.get(actor, event.params.id),
);

/** `{memory, cpu, pids, network}`: those that are left out are the instance's again. */
export const PUT = endpoint<RequestEvent>(async ({ app, actor, event }) =>
  app.services.hostDefaults.put(actor, event.params.id, await readJson(event.request)),
);
