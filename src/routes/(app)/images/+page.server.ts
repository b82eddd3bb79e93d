import { action, load as door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

type Door = Parameters<Parameters<typeof door<PageServerLoadEvent, unknown>>[0]>[0];

export const load = door(async ({ app, actor, event }: Door) => {
  event.depends('slipway:images');
  const { images, imagePolicy, pulls } = app.services;
  return {
    ...(await images.list(actor)),
    pulls: pulls.list(actor),
    targets: pulls.targets(actor),
    policy: imagePolicy.get(actor),
  };
});

export const actions = {
  pull: action(async ({ app, actor }, form) => {
    const platform = text(form, 'platform');
    const wish = {
      image: text(form, 'image'),
      host: text(form, 'host') || 'auto',
      ...(platform === '' ? {} : { platform }),
    };
    return { done: 'pull' as const, operation: await app.services.pulls.pull(actor, wish) };
  }),
  cancel: action(({ app, actor }, form) => {
    app.services.operations.cancel(actor, text(form, 'operation'));
    return { done: 'cancel' as const };
  }),
  retry: action(async ({ app, actor }, form) => ({
    done: 'pull' as const,
    operation: await app.services.retry.retry(actor, text(form, 'operation')),
  })),
};

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
