import { redirect } from '@sveltejs/kit';
import { AppError } from '#lib/domain/errors.ts';
import { action, load as door, type Door as AnyDoor } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent, RequestEvent } from './$types';

type Door = Parameters<Parameters<typeof door<PageServerLoadEvent, unknown>>[0]>[0];

/** The end of the output that stands in the page. */
const SHOWN_BYTES = 200_000;

export const load = door(async ({ app, actor, event }: Door) => {
  event.depends('slipway:build');
  const { id } = event.params;
  return {
    build: app.services.builds.get(actor, id),
    log: await app.services.builds.logTail(actor, id, SHOWN_BYTES),
  };
});

export const actions = {
  cancel: action(({ app, actor, event }: AnyDoor<RequestEvent>) => {
    const { operationId } = app.services.builds.get(actor, event.params.id);
    app.services.operations.cancel(actor, operationId ?? '');
    return { done: 'cancel' };
  }),
  /** Leads to the page of the new one. */
  again: action(async ({ app, actor, event }: AnyDoor<RequestEvent>) => {
    const { input } = app.services.builds.get(actor, event.params.id);
    if (input === null)
      throw new AppError('CONFLICT', 'The files of an upload are kept nowhere', { hint: 'Send them again.' });
    const { build } = await app.services.builds.create(actor, input);
    redirect(303, `/images/builds/${build.id}`);
  }),
  delete: action(({ app, actor, event }: AnyDoor<RequestEvent>) => {
    app.services.builds.delete(actor, event.params.id);
    redirect(303, '/images/builds');
  }),
};
