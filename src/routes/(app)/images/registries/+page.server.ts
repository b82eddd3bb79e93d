import { AppError } from '#lib/domain/errors.ts';
import { action, load as door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

type Door = Parameters<Parameters<typeof door<PageServerLoadEvent, unknown>>[0]>[0];

export const load = door(({ app, actor, event }: Door) => {
  event.depends('slipway:registries');
  const { registries, imagePolicy } = app.services;
  return { registries: registries.list(actor), policy: imagePolicy.get(actor) };
});

export const actions = {
  /** Fields `address`, `username`, `password` and, to keep what does not work, `force`. */
  put: action(async ({ app, actor }, form) => {
    const password = text(form, 'password');
    const { registry, works } = await app.services.registries.put(actor, text(form, 'address'), {
      username: text(form, 'username').trim(),
      ...(password === '' ? {} : { password }),
      force: text(form, 'force') === 'true',
    });
    return { done: 'put' as const, registry, works };
  }),
  test: action(async ({ app, actor }, form) => ({
    done: 'test' as const,
    registry: await app.services.registries.test(actor, text(form, 'address')),
  })),
  delete: action(({ app, actor }, form) => {
    const address = text(form, 'address');
    app.services.registries.delete(actor, address);
    return { done: 'delete' as const, address };
  }),
  /** `mode` is `any` or `listed`, `allow` has an entry on each line, `strict` is `true`. */
  policy: action(({ app, actor }, form) => {
    const mode = text(form, 'mode');
    if (mode !== 'any' && mode !== 'listed')
      throw new AppError('VALIDATION', 'Choose whether every registry is allowed, or only a list');
    const entries = text(form, 'allow')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const policy = app.services.imagePolicy.change(actor, {
      allow: mode === 'any' ? null : entries,
      strict: text(form, 'strict') === 'true',
    });
    return { done: 'policy' as const, policy };
  }),
};

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
