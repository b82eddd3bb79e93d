import { redirect } from '@sveltejs/kit';
import { AppError } from '#lib/domain/errors.ts';
import { verbActions } from '#lib/server/http/agent-actions.ts';
import { action, load as door } from '#lib/server/http/doors.ts';
import { ruleFrom } from './snapshot-rule.ts';
import type { PageServerLoadEvent, RequestEvent } from './$types';

type App = App.Locals['app'];
type Actor = App.Locals['actor'];

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
    // streamed: an engine counts the bytes of a large container for a while; one that is away says nothing
    estimate: app.services.snapshots.estimate(actor, event.params.id).catch((error: unknown) => {
      if (error instanceof AppError) return null;
      throw error;
    }),
  }),
);

export const actions = {
  ...verbActions,
  delete: action(async ({ app, actor }, form) => {
    const snapshot = form.get('snapshot');
    await app.services.snapshots.delete(actor, typeof snapshot === 'string' ? snapshot : '');
    return { done: 'delete' };
  }),
  /** Fields `beforeStop`, `beforeRemove` (boxes), `every`, `keep`: empty takes that part of the rule away. */
  rule: action(async ({ app, actor, event }: { app: App; actor: Actor; event: RequestEvent }, form) => {
    await app.services.agents.update(actor, event.params.id, { snapshots: ruleFrom(form) });
    return { done: 'rule' };
  }),
  /** A new agent from the snapshot in the field `snapshot`; answers with its page. */
  fork: action(async ({ app, actor }, form) => {
    const [agent] = await app.services.forking.fork(actor, text(form.get('snapshot')), {});
    redirect(303, `/agents/${agent?.id ?? ''}`);
  }),
  restore: action(async ({ app, actor, event }: { app: App; actor: Actor; event: RequestEvent }, form) => {
    const wish = { snapshot: text(form.get('snapshot')) };
    const agent = await app.services.forking.restore(actor, event.params.id, wish);
    return { done: 'restore', agent };
  }),
};

function text(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}
