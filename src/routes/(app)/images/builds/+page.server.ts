import { redirect } from '@sveltejs/kit';
import { action, load as door } from '#lib/server/http/doors.ts';
import { buildBody, sourceNamed } from './build-form.ts';
import type { PageServerLoadEvent } from './$types';

type Door = Parameters<Parameters<typeof door<PageServerLoadEvent, unknown>>[0]>[0];

/** `?new` opens the form; `?again=<id>` fills it with what an earlier build was asked for. */
export const load = door(({ app, actor, event }: Door) => {
  event.depends('slipway:builds');
  const query = event.url.searchParams;
  const again = query.get('again');
  return {
    builds: app.services.builds.list(actor),
    hosts: app.services.hosts.list(actor).map((host) => host.name),
    open: query.has('new') || again !== null,
    again: again === null ? null : app.services.builds.get(actor, again).input,
  };
});

export const actions = {
  /** A tar comes as the file `upload`. Leads to the page of the build. */
  create: action(async ({ app, actor }, form) => {
    const text = (name: string) => {
      const value = form.get(name);
      return typeof value === 'string' ? value : '';
    };
    const body = buildBody(text);
    const file = form.get('upload');
    const { build } =
      sourceNamed(text('source')) === 'upload'
        ? await app.services.builds.upload(actor, body, file instanceof File ? file.stream() : emptyBody())
        : await app.services.builds.create(actor, body);
    redirect(303, `/images/builds/${build.id}`);
  }),
};

async function* emptyBody(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new Uint8Array());
}
