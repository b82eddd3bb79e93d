import { action, load as door, type Door } from '#lib/server/http/doors.ts';
import { listIn } from './form-text.ts';
import type { PageServerLoadEvent } from './$types';

const SHOWN = 50;

export const load = door(({ app, actor, event }: Door<PageServerLoadEvent>) => {
  event.depends('slipway:alerts');
  const { alerts, alertRules, alertChannels, alertTargets } = app.services;
  return {
    rules: alertRules.list(actor),
    channels: alertChannels.list(actor),
    alerts: alerts.list(actor, SHOWN),
    unseen: alerts.unseen(actor),
    targets: alertTargets.list(actor).allowed,
    mayChange: actor?.role === 'admin',
  };
});

const text = (form: FormData, name: string) => {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
};

export const actions = {
  /** `rule` and `on`, true or false. */
  enable: action(({ app, actor }, form) => ({
    done: 'enable' as const,
    rule: app.services.alertRules.enable(actor, text(form, 'rule'), text(form, 'on') === 'true'),
  })),
  /** `channel`: sends a test and waits for the answer. */
  test: action(async ({ app, actor }, form) => {
    const id = text(form, 'channel');
    const { name } = app.services.alertChannels.get(actor, id);
    return { done: 'test' as const, name, ...(await app.services.alertChannels.test(actor, id)) };
  }),
  /** `delivery`: tries it again now. */
  retry: action(({ app, actor }, form) => ({
    done: 'retry' as const,
    delivery: app.services.alerts.retry(actor, text(form, 'delivery')),
  })),
  seen: action(({ app, actor }) => {
    app.services.alerts.markSeen(actor);
    return { done: 'seen' as const };
  }),
  /** `allowed`: one on each line. */
  targets: action(({ app, actor }, form) => ({
    done: 'targets' as const,
    ...app.services.alertTargets.put(actor, { allowed: listIn(text(form, 'allowed')) }),
  })),
};
