import { endpoint, isTrue, readJson } from '#lib/server/http/doors.ts';

/** `{image, host?, platform?}`. 202 with the operation at once; with `wait=true` 200 when the image is there, or what went wrong. */
export const POST = endpoint(async ({ app, actor, event }) => {
  const wait = isTrue(event.url.searchParams.get('wait'));
  const operation = await app.services.pulls.pull(actor, await readJson(event.request), { wait });
  return Response.json({ operation }, { status: wait ? 200 : 202 });
});
