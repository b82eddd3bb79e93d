import { action, load as door } from '#lib/server/http/doors.ts';

export const load = door(({ app, actor }) => ({ operations: app.services.operations.list(actor, 100) }));

export const actions = {
  cancel: action(({ app, actor }, form) => {
    const operation = form.get('operation');
    app.services.operations.cancel(actor, typeof operation === 'string' ? operation : '');
    return { done: 'cancel' };
  }),
};
