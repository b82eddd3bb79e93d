import { agentCompared, fileAnswer } from '#lib/server/http/changes-query.ts';
import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event: { params, url } }) =>
  fileAnswer(app, actor, agentCompared(params.id, url), url),
);
