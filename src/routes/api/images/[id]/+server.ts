import { endpoint, isTrue } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** By id or name; with `?host=` on that host. */
export const GET = endpoint<RequestEvent>(({ app, actor, event }) => {
  const host = event.url.searchParams.get('host') ?? undefined;
  return app.services.images.get(actor, event.params.id, { host });
});

/**
 * 204. Of one that agents use: 409 with their names, or with `?untag=true` (or `force=true`) only its names go. `?name=` takes away this one of
 * its names.
 */
export const DELETE = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const query = event.url.searchParams;
  await app.services.images.remove(actor, event.params.id, {
    host: query.get('host') ?? undefined,
    untag: isTrue(query.get('untag')) || isTrue(query.get('force')),
    name: query.get('name') ?? undefined,
  });
  return new Response(null, { status: 204 });
});
