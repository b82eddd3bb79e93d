import { rangeOf } from '#lib/domain/metric-ranges.ts';
import { verbActions } from '#lib/server/http/agent-actions.ts';
import { load as door, type Door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

export const load = door(({ app, actor, event }: Door<PageServerLoadEvent>) => {
  event.depends('slipway:metrics');
  const { agents, metrics } = app.services;
  const { id } = event.params;
  const now = Date.now();
  const range = rangeOf(event.url.searchParams, now);
  const query = { from: range.from, to: range.to, step: undefined, now };
  return {
    range,
    history: metrics.history(actor, id, query),
    marks: metrics.marks(actor, id, query),
    lines: metrics.lines(actor, id, query),
    lives: agents.lives(actor, id),
  };
});

export const actions = verbActions;
