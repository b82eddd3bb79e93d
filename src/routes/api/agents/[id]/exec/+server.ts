import { endpoint, readJson } from '#lib/server/http/doors.ts';
import { execAnswer } from '#lib/server/http/exec-answer.ts';
import type { RequestEvent } from './$types';

export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) =>
  execAnswer(app, actor, event.params.id, event, await readJson(event.request)),
);
