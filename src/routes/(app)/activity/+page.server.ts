import { action, load as door } from '#lib/server/http/doors.ts';
import { cancelOperation, retryOperation } from './operation-actions.ts';

export const load = door(({ app, actor }) => ({ operations: app.services.operations.list(actor, 300) }));

export const actions = {
  cancel: action(cancelOperation),
  retry: action(retryOperation),
};
