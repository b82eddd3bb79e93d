import { endpoint, isTrue, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** `{reference}`: 202 with the operation; with `?wait=true` 200 when the registry has it. */
export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const wait = isTrue(event.url.searchParams.get('wait'));
  const wish = await readJson(event.request);
  const operation = await app.services.snapshotSending.push(actor, event.params.id, wish, { wait });
  return Response.json({ operation }, { status: wait ? 200 : 202 });
});
