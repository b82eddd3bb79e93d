import { metricQuery } from '#lib/domain/inputs/metric-query.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { endpoint, readQuery } from '#lib/server/http/doors.ts';
import { metricsAnswer } from '#lib/server/http/metrics-answer.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) => {
  const { id } = event.params;
  const query = parseInput(metricQuery, readQuery(event.url));
  return { ...metricsAnswer(app, actor, id), history: app.services.metrics.history(actor, id, query) };
});
