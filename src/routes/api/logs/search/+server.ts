import { endpoint } from '#lib/server/http/doors.ts';
import { logSearchAnswer } from '#lib/server/http/log-search-answer.ts';

/** Lines of archived logs, newest first. */
export const GET = endpoint(({ app, actor, event }) => logSearchAnswer(app, actor, event.request, event.url));
