import { endpoint, isTrue, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** 204. Of one that agents use: 409 with their names, or with `?untag=true` only its name goes. */
export const DELETE = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  await app.services.snapshots.delete(actor, event.params.id, isTrue(event.url.searchParams.get('untag')));
  return new Response(null, { status: 204 });
});

/** `{comment}`. One that a rule took is kept like one that a person took from then on. */
export const PATCH = endpoint<RequestEvent>(async ({ app, actor, event }) =>
  app.services.snapshots.change(actor, event.params.id, await readJson(event.request)),
);
