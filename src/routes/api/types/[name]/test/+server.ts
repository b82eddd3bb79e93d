import { endpoint, isTrue, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** 202 with the operation; with `?wait=true` 200 when it is over, or why the type does not work. */
export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const wait = isTrue(event.url.searchParams.get('wait'));
  const operation = await app.services.typeTests.test(
    actor,
    event.params.name,
    await readJson(event.request),
    { wait },
  );
  return Response.json({ operation }, { status: wait ? 200 : 202 });
});
