import { endpoint, readJson } from '#lib/server/http/doors.ts';
import { tomlAnswer, typeAnswer, versionIn } from '#lib/server/http/type-answer.ts';
import type { RequestEvent } from './$types';

/** With `?format=toml` as a file that can be imported again. */
export const GET = endpoint<RequestEvent>(({ app, actor, event }) => {
  const { name } = event.params;
  return event.url.searchParams.get('format') === 'toml'
    ? tomlAnswer(name, app.services.types.toToml(actor, name))
    : typeAnswer(app.services.types.get(actor, name));
});

/** The whole type anew. With `If-Match` or a `version` in the body: 409 when it was changed since. */
export const PUT = endpoint<RequestEvent>(async ({ app, actor, event }) =>
  typeAnswer(
    app.services.types.update(
      actor,
      event.params.name,
      await readJson(event.request),
      versionIn(event.request),
    ),
  ),
);

/** 204. A changed built-in type is again as it ships. */
export const DELETE = endpoint<RequestEvent>(({ app, actor, event }) => {
  app.services.types.delete(actor, event.params.name);
  return new Response(null, { status: 204 });
});
