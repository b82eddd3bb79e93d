/** `GET /api/logs/search`: lines of JSON as the search goes on, or one JSON object for those who ask for that. */
import type { SearchAnswer, SearchEnd, SearchEvent, SearchHit } from '#lib/protocol/log-search.ts';
import type { App } from '../app.ts';
import type { Actor } from '../services/access.ts';

const MANY = new Set(['agent', 'type', 'tag', 'host', 'level']);

/** The query as the schema wants it: some keys may come several times and with commas. */
export function searchQuery(params: URLSearchParams): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const key of new Set(params.keys())) {
    const values = params.getAll(key);
    // an empty field of a form says nothing
    if (MANY.has(key))
      query[key] = values.flatMap((value) => value.split(',')).filter((value) => value !== '');
    else if (key === 'q' || values[0] !== '') query[key] = values[0] ?? '';
  }
  return query;
}

export async function logSearchAnswer(
  app: App,
  actor: Actor | null,
  request: Request,
  url: URL,
): Promise<Response> {
  const gone = new AbortController();
  const query = searchQuery(url.searchParams);
  const source = app.services.logSearch.search(actor, query, AbortSignal.any([request.signal, gone.signal]));
  const accept = request.headers.get('accept') ?? '';
  const json =
    query['format'] === 'json' || (query['format'] === undefined && accept.includes('application/json'));
  return json ? Response.json(await wholeAnswer(source)) : streamed(source, gone);
}

/** All hits, newest first. */
export async function wholeAnswer(source: AsyncIterable<SearchEvent>): Promise<SearchAnswer> {
  const hits: SearchHit[] = [];
  let end: SearchEnd = { reason: 'done', cursor: null, unreadable: 0 };
  for await (const event of source) {
    if ('hit' in event) hits.push(event.hit);
    if ('end' in event) end = event.end;
  }
  const { reason, cursor, unreadable } = end;
  return { hits, count: hits.length, ...(cursor === null ? {} : { nextCursor: cursor }), reason, unreadable };
}

function streamed(source: AsyncGenerator<SearchEvent>, gone: AbortController): Response {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await source.next().catch((error: unknown) => {
        if (gone.signal.aborted) return { done: true as const };
        throw error;
      });
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(next.value)}\n`));
    },
    async cancel() {
      // while it waits for a thread it hears of no return
      gone.abort();
      await source.return(undefined);
    },
  });
  return new Response(stream, {
    headers: { 'content-type': 'application/x-ndjson; charset=utf-8', 'x-accel-buffering': 'no' },
  });
}
