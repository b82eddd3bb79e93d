import { verbActions } from '#lib/server/http/agent-actions.ts';
import { agentCompared, changesPage } from '#lib/server/http/changes-query.ts';
import { load as door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

type Door = Parameters<Parameters<typeof door<PageServerLoadEvent, unknown>>[0]>[0];

export const load = door(async ({ app, actor, event }: Door) => {
  const { params, url } = event;
  const hostId = app.services.agents.get(actor, params.id).hostId;
  return {
    ...(await changesPage(app, actor, agentCompared(params.id, url), url)),
    against: url.searchParams.get('against') ?? 'image',
    snapshots: app.services.snapshots
      .list(actor)
      .filter((each) => each.hostId === hostId)
      .map(({ id, agentName, name }) => ({ id, name: `${agentName}:${name}` })),
  };
});

export const actions = verbActions;
