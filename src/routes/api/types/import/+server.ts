import { endpoint, isTrue, readJson } from '#lib/server/http/doors.ts';

/** `{toml, replace}`, or the file itself as `application/toml` with `?replace=true`. 201 with the types. */
export const POST = endpoint(async ({ app, actor, event }) => {
  const type = event.request.headers.get('content-type') ?? '';
  const isFile = /^(?:application\/toml|text\/)/i.test(type);
  const input = isFile
    ? { toml: await event.request.text(), replace: isTrue(event.url.searchParams.get('replace')) }
    : await readJson(event.request);
  return Response.json(app.services.types.importToml(actor, input), { status: 201 });
});
