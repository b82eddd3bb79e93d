import { changesAnswer, snapshotsCompared } from '#lib/server/http/changes-query.ts';
import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event: { url } }) =>
  changesAnswer(app, actor, snapshotsCompared(url), url),
);
