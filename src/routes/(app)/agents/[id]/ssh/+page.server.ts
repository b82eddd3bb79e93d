import { verbActions } from '#lib/server/http/agent-actions.ts';
import { load as door, type Door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

export const load = door(async ({ app, actor, event }: Door<PageServerLoadEvent>) => {
  event.depends('slipway:agent-ssh');
  return {
    ssh: await app.services.agentSsh.view(actor, event.params.id),
    mayTakeKey: actor !== null && actor.role !== 'viewer',
    hostname: event.url.hostname,
  };
});

export const actions = verbActions;
