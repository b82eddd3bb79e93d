import { endpoint, readJson } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** `{name}`: a further name of the image. Answers 201 with the image. */
export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const host = event.url.searchParams.get('host') ?? undefined;
  const input = await readJson(event.request);
  const image = await app.services.images.tag(actor, event.params.id, input, { host });
  return Response.json(image, { status: 201 });
});
