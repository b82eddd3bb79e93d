import { changesPage, snapshotsCompared } from '#lib/server/http/changes-query.ts';
import { load as door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

type Door = Parameters<Parameters<typeof door<PageServerLoadEvent, unknown>>[0]>[0];

/** Without two snapshots in the address there is only the choice. */
export const load = door(async ({ app, actor, event: { url } }: Door) => {
  const choice = {
    from: url.searchParams.get('from') ?? '',
    to: url.searchParams.get('to') ?? '',
    snapshots: app.services.snapshots
      .list(actor)
      .map(({ id, agentName, name }) => ({ id, name: `${agentName}:${name}` })),
  };
  if (choice.from === '' || choice.to === '') return { ...choice, compared: null };
  return { ...choice, compared: await changesPage(app, actor, snapshotsCompared(url), url) };
});
