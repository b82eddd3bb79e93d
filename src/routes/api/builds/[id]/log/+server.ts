import { buildLogAnswer } from '#lib/server/http/build-answer.ts';
import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  buildLogAnswer(app, actor, event.params.id, event.request, event.url),
);
