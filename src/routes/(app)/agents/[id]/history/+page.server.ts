import { verbActions } from '#lib/server/http/agent-actions.ts';
import { load as door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

export const load = door(
  ({
    app,
    actor,
    event,
  }: {
    app: App.Locals['app'];
    actor: App.Locals['actor'];
    event: PageServerLoadEvent;
  }) => ({
    history: app.services.agents.history(actor, event.params.id),
    lives: app.services.agents.lives(actor, event.params.id),
  }),
);

export const actions = verbActions;
