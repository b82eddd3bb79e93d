import { redirect } from '@sveltejs/kit';
import { action, load as door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

type Door = Parameters<Parameters<typeof door<PageServerLoadEvent, unknown>>[0]>[0];

export const load = door(({ app, actor, event }: Door) => {
  event.depends('slipway:types');
  const types = app.services.types.list(actor);
  const images = types.flatMap((type) => (type.image === null ? [] : [type.image]));
  return {
    types,
    // streamed: the list does not wait for any host
    onHosts: app.services.hosts.hasImages(actor, images),
    importing: event.url.searchParams.has('import'),
  };
});

export const actions = {
  test: action(async ({ app, actor }, form) => {
    const operation = await app.services.typeTests.test(actor, text(form, 'name'), {}, { wait: false });
    return redirect(303, `/activity/${operation.id}`);
  }),
  build: action(async ({ app, actor }, form) => {
    const { build } = await app.services.typeImages.build(actor, text(form, 'name'), {});
    return redirect(303, `/images/builds/${build.id}`);
  }),
  /** A file in `file`, or its text in `toml`. */
  import: action(async ({ app, actor }, form) => {
    const file = form.get('file');
    const toml = file instanceof File && file.size > 0 ? await file.text() : text(form, 'toml');
    const replace = form.get('replace') !== null;
    const { types } = app.services.types.importToml(actor, { toml, replace });
    return { imported: types.map((type) => type.name) };
  }),
};

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
