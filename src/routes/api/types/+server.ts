import { endpoint, readJson } from '#lib/server/http/doors.ts';
import { tomlAnswer } from '#lib/server/http/type-answer.ts';

/** All types; with `?format=toml` as one file. */
export const GET = endpoint(({ app, actor, event }) => {
  if (event.url.searchParams.get('format') === 'toml')
    return tomlAnswer('types', app.services.types.toToml(actor, null));
  const types = app.services.types.list(actor);
  return { types, count: types.length };
});

export const POST = endpoint(async ({ app, actor, event }) =>
  Response.json(app.services.types.create(actor, await readJson(event.request)), { status: 201 }),
);
