import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** How to reach it by ssh: over the gateway, and by its own sshd. */
export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.agentSsh.view(actor, event.params.id),
);
