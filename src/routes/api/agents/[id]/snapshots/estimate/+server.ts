import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** How large a snapshot would be now, and which mounts it would not hold. */
export const GET = endpoint<RequestEvent>(({ app, actor, event }) =>
  app.services.snapshots.estimate(actor, event.params.id),
);
