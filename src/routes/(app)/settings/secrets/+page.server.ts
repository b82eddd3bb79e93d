import { action, load as door, type Door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

export const load = door(({ app, actor, event }: Door<PageServerLoadEvent>) => {
  event.depends('app:secrets');
  return { secrets: app.services.secrets.list(actor), mayChange: actor?.role === 'admin' };
});

const text = (value: FormDataEntryValue | null) => (typeof value === 'string' ? value : '');

export const actions = {
  save: action(({ app, actor }, form) => {
    const wish = { name: text(form.get('name')), value: text(form.get('secretValue')) };
    const { secret } = app.services.secrets.put(actor, wish);
    return { done: 'save', saved: secret.name };
  }),
  delete: action(({ app, actor }, form) => {
    const name = text(form.get('name'));
    app.services.secrets.delete(actor, name, form.get('force') === 'true');
    return { done: 'delete', deleted: name };
  }),
};
