import { redirect } from '@sveltejs/kit';
import { action, load as door, type Door } from '#lib/server/http/doors.ts';
import type { OperationKind } from '#lib/protocol/views.ts';
import type { PageServerLoadEvent } from './$types';

const SENDING: readonly OperationKind[] = ['push', 'copy', 'export', 'import'];

export const load = door(({ app, actor, event }: Door<PageServerLoadEvent>) => {
  event.depends('slipway:snapshots');
  const snapshots = app.services.snapshots.list(actor);
  const ids = new Set(snapshots.flatMap((each) => [each.id, each.agentId, each.imageId]));
  return {
    snapshots,
    // those that stand in the tree, or use an image of it
    agents: app.services.agents
      .list(actor)
      .filter((agent) =>
        [agent.id, agent.snapshotId, agent.imageId].some((id) => id !== null && ids.has(id)),
      ),
    sending: app.services.operations
      .list(actor, 50)
      .filter((each) => each.state === 'running' && SENDING.includes(each.kind)),
  };
});

export const actions = {
  /** Fields `snapshot`, `name` or `count`, `memory`, `cpu`, `command` (words), `volumes` (`no`: those of its agent). */
  fork: action(async ({ app, actor }, form) => {
    const count = Number(text(form, 'count') ?? '1');
    const name = text(form, 'name');
    const agents = await app.services.forking.fork(actor, text(form, 'snapshot') ?? '', {
      ...(name === undefined ? {} : { name }),
      count,
      spec: specFrom(form),
      ...volumesFrom(form),
    });
    return redirect(303, agents.length === 1 ? `/agents/${agents[0]?.id ?? ''}` : '/agents');
  }),
  /** Fields `snapshot`, `agent`. */
  restore: action(async ({ app, actor }, form) => {
    const wish = { snapshot: text(form, 'snapshot') ?? '' };
    const agent = await app.services.forking.restore(actor, text(form, 'agent') ?? '', wish);
    return redirect(303, `/agents/${agent.id}`);
  }),
  push: action(async ({ app, actor }, form) => {
    const wish = { reference: text(form, 'reference') ?? '' };
    const operation = await app.services.snapshotSending.push(actor, text(form, 'snapshot') ?? '', wish);
    return { done: 'push', operation };
  }),
  copy: action(async ({ app, actor }, form) => {
    const wish = { host: text(form, 'host') ?? '' };
    const { operation } = await app.services.snapshotSending.copy(actor, text(form, 'snapshot') ?? '', wish);
    return { done: 'copy', operation };
  }),
  comment: action(({ app, actor }, form) => {
    const wish = { comment: text(form, 'comment') ?? '' };
    return {
      done: 'comment',
      snapshot: app.services.snapshots.change(actor, text(form, 'snapshot') ?? '', wish),
    };
  }),
  /** With `untag` only its name goes. */
  delete: action(async ({ app, actor }, form) => {
    await app.services.snapshots.delete(actor, text(form, 'snapshot') ?? '', form.get('untag') === 'true');
    return { done: 'delete' };
  }),
};

function text(form: FormData, name: string): string | undefined {
  const value = form.get(name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** What shall be other than the agent has it. */
function specFrom(form: FormData): Readonly<Record<string, unknown>> {
  const [memory, cpu, command] = [text(form, 'memory'), text(form, 'cpu'), text(form, 'command')];
  const resources = {
    ...(memory === undefined ? {} : { memory }),
    ...(cpu === undefined ? {} : { cpu: Number(cpu) }),
  };
  return {
    ...(Object.keys(resources).length === 0 ? {} : { resources }),
    ...(command === undefined ? {} : { command: ['sh', '-c', command] }),
  };
}

/** A box that is not ticked sends nothing: the form says beside it that there was one. */
function volumesFrom(form: FormData): { readonly volumes?: boolean } {
  return form.has('has-volumes') ? { volumes: form.has('volumes') } : {};
}
