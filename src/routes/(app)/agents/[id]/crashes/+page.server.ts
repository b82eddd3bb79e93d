import { verbActions } from '#lib/server/http/agent-actions.ts';
import { load as door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

type Door = Parameters<Parameters<typeof door<PageServerLoadEvent, unknown>>[0]>[0];

/** The one in the address, or the newest, whole; of the others what the list shows. */
export const load = door(({ app, actor, event }: Door) => {
  event.depends('slipway:agent');
  const reports = app.services.crashes.ofAgent(actor, event.params.id);
  const asked = event.url.searchParams.get('crash');
  return {
    report: reports.find((each) => each.id === asked) ?? reports[0] ?? null,
    list: reports.map(({ id, at, verdict }) => ({ id, at, text: verdict.text })),
  };
});

export const actions = verbActions;
