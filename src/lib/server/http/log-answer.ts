import { validationError } from '#lib/domain/errors.ts';
import { logQuery, MOST_JSON_LINES, type LogQuery } from '#lib/domain/inputs/log-query.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { App } from '../app.ts';
import type { LineWish } from '../archive/line-filter.ts';
import type { Actor } from '../services/access.ts';
import { readQuery } from './doors.ts';
import { downloadAnswer, plainAnswer } from './log-file.ts';
import { followAnswer } from './log-follow.ts';
import { lineView, plainLine } from './log-line-view.ts';

/**
 * `GET …/logs`: JSON with the newest lines; with `before`, `after` or `around` a page of history; with `follow` or `Accept: text/event-stream` a
 * stream of events; with `Accept: text/plain` or `format=plain` plain lines; with `download` a file.
 */
export async function logAnswer(
  app: App,
  actor: Actor | null,
  id: string,
  request: Request,
  url: URL,
): Promise<Response> {
  const query = parseInput(logQuery, readQuery(url));
  const wish = wishOf(query);
  const accept = request.headers.get('accept') ?? '';
  const { logs } = app.services;
  if (query.follow || accept.includes('text/event-stream'))
    return followAnswer(app, actor, id, request, query);
  if (query.download !== undefined)
    return downloadAnswer(app, actor, id, { wish, format: query.download, gzip: query.gzip });
  if (accept.includes('text/plain') || query.format === 'plain')
    return plainAnswer(app, actor, id, wish, query.tail);
  const page = pageOf(query);
  if (page !== null) {
    const { lines, hasBefore, hasAfter } = await logs.page(actor, id, page);
    return Response.json({ ...listOf(lines, query), hasBefore, hasAfter });
  }
  if (query.tail > MOST_JSON_LINES) {
    const rule = `must be at most ${MOST_JSON_LINES}, or ask with Accept: text/plain`;
    throw validationError([{ field: 'tail', value: url.searchParams.get('tail'), rule }]);
  }
  return Response.json(listOf(await logs.read(actor, id, query.tail, wish), query));
}

function listOf(lines: readonly LogLine[], query: LogQuery) {
  const logs = query.format === 'json' ? lines.map(lineView) : lines.map(plainLine);
  return { logs, count: lines.length };
}

function pageOf({ before, after, around, limit }: LogQuery) {
  if (before !== undefined) return { before, limit };
  if (after !== undefined) return { after, limit };
  return around === undefined ? null : { around, limit };
}

function wishOf({ since, until, stream, q, regex, inverse, levels }: LogQuery): LineWish {
  return {
    since: since === undefined ? null : engineTime(since),
    until: until === undefined ? null : engineTime(until),
    stream: stream ?? null,
    q: q ?? null,
    regex,
    inverse,
    levels: levels ?? null,
  };
}

/** As the engine writes times, so that they compare as text. */
function engineTime(time: string): string {
  const fraction = /\.(\d{1,9})/.exec(time)?.[1] ?? '';
  return `${new Date(time).toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z`;
}
