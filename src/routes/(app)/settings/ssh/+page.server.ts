import { action, load as door, type Door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

export const load = door(({ app, actor, event }: Door<PageServerLoadEvent>) => {
  event.depends('app:ssh-keys');
  return {
    keys: app.services.sshKeys.list(actor),
    gateway: app.services.agentSsh.gateway(actor),
    hostname: event.url.hostname,
  };
});

const text = (value: FormDataEntryValue | null) => (typeof value === 'string' ? value : '');

export const actions = {
  add: action(({ app, actor }, form) => {
    const wish = { name: text(form.get('name')), publicKey: text(form.get('publicKey')) };
    return { done: 'add', added: app.services.sshKeys.add(actor, wish).name };
  }),
  remove: action(({ app, actor }, form) => {
    app.services.sshKeys.remove(actor, text(form.get('key')));
    return { done: 'remove' };
  }),
};
