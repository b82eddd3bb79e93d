/** `POST /api/builds` and the output of a build. */
import type { App } from '../app.ts';
import type { Actor } from '../services/access.ts';
import { isTrue, readJson } from './doors.ts';

const TAR = /^application\/(?:x-tar|gzip|x-gzip|octet-stream)\b/i;
const SWITCHES = ['noCache', 'pull'] as const;

/** JSON, or a tar with the fields as a query. 202 with the operation; with `wait` 200 when it is made. */
export async function buildAnswer(
  app: App,
  actor: Actor | null,
  request: Request,
  url: URL,
): Promise<Response> {
  const { builds } = app.services;
  const wait = isTrue(url.searchParams.get('wait'));
  const isUpload = TAR.test(request.headers.get('content-type') ?? '');
  const started = isUpload
    ? await builds.upload(actor, queryFields(url), bytesOf(request), { wait })
    : await builds.create(actor, await readJson(request), { wait });
  const headers = { location: `/api/builds/${started.build.id}` };
  return Response.json(started, { status: wait ? 200 : 202, headers });
}

/** The fields of an upload: each as a text, `buildArgs` as often as there are flags. */
function queryFields({ searchParams }: URL): Readonly<Record<string, unknown>> {
  const fields = Object.fromEntries([...searchParams].filter(([key]) => key !== 'wait'));
  const flags = searchParams.getAll('buildArgs');
  const switches = SWITCHES.filter((name) => searchParams.has(name)).map(
    (name) => [name, isTrue(searchParams.get(name))] as const,
  );
  return { ...fields, ...Object.fromEntries(switches), ...(flags.length === 0 ? {} : { buildArgs: flags }) };
}

async function* bytesOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body !== null) yield* request.body;
}

/** Plain text; with `follow` it goes on until the build is over. */
export function buildLogAnswer(
  app: App,
  actor: Actor | null,
  id: string,
  request: Request,
  url: URL,
): Response {
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, gone.signal]);
  const follow = isTrue(url.searchParams.get('follow'));
  const source = app.services.builds.log(actor, id, { follow, signal });
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await source.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      gone.abort();
      await source.return(undefined);
    },
  });
  return new Response(stream, {
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-accel-buffering': 'no' },
  });
}
