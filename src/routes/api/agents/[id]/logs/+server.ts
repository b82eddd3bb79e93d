import { endpoint } from '#lib/server/http/doors.ts';
import { logAnswer } from '#lib/server/http/log-answer.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  logAnswer(app, actor, event.params.id, event.request, event.url),
);
