import { metricQuery } from '#lib/domain/inputs/metric-query.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { endpoint, readQuery } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.metrics.host(actor, event.params.id, parseInput(metricQuery, readQuery(event.url))),
);
