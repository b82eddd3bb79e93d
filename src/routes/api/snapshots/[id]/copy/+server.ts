import { endpoint, isTrue, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** `{host}`: 202 with the operation; with `?wait=true` 201 with the snapshot that is there now. */
export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const wait = isTrue(event.url.searchParams.get('wait'));
  const wish = await readJson(event.request);
  const { operation, snapshot } = await app.services.snapshotSending.copy(actor, event.params.id, wish, {
    wait,
  });
  return snapshot === null
    ? Response.json({ operation }, { status: 202 })
    : Response.json(snapshot, { status: 201 });
});
