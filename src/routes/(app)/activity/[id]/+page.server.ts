import { action, load as door } from '#lib/server/http/doors.ts';
import { cancelOperation, retryOperation } from '../operation-actions.ts';
import type { PageServerLoadEvent } from './$types';

type Door = Parameters<Parameters<typeof door<PageServerLoadEvent, unknown>>[0]>[0];

export const load = door(({ app, actor, event }: Door) => {
  event.depends('slipway:operation');
  return { operation: app.services.operations.get(actor, event.params.id) };
});

export const actions = {
  cancel: action(cancelOperation),
  retry: action(retryOperation),
};
