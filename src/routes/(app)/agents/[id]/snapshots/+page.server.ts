import { verbActions } from '#lib/server/http/agent-actions.ts';
import { action, load as door } from '#lib/server/http/doors.ts';
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
    snapshots: app.services.snapshots.ofAgent(actor, event.params.id),
  }),
);

export const actions = {
  ...verbActions,
  delete: action(async ({ app, actor }, form) => {
    const snapshot = form.get('snapshot');
    await app.services.snapshots.delete(actor, typeof snapshot === 'string' ? snapshot : '');
    return { done: 'delete' };
  }),
};
