import { redirect } from '@sveltejs/kit';
import { action, load as door } from '#lib/server/http/doors.ts';

export const load = door(async ({ app, actor }) => ({
  containers: await app.services.adoption.unmanaged(actor),
}));

export const actions = {
  adopt: action(async ({ app, actor }, form) => {
    const text = (name: string) => {
      const value = form.get(name);
      return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
    };
    const name = text('name');
    const host = text('host');
    const row = await app.services.adoption.adopt(actor, {
      container: text('container') ?? '',
      ...(host === undefined ? {} : { host }),
      ...(name === undefined ? {} : { name }),
    });
    return redirect(303, `/agents/${row.id}`);
  }),
};
