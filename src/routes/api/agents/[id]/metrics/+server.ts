import { endpoint } from '#lib/server/http/doors.ts';
import { metricsAnswer } from '#lib/server/http/metrics-answer.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  metricsAnswer(app, actor, event.params.id),
);
