import type { RequestEvent } from '@sveltejs/kit';
import { AppError } from '#lib/domain/errors.ts';
import type { App } from '../app.ts';
import type { Actor } from '../services/access.ts';
import { toProblem } from '../services/operations.ts';
import { untilGone } from './until-gone.ts';

const LINES = 'application/x-ndjson';

/** `POST …/exec`: its end as one JSON object; with `stream: true` or `Accept: application/x-ndjson` a line of JSON for each piece. */
export async function execAnswer(
  app: App,
  actor: Actor | null,
  id: string,
  event: Pick<RequestEvent, 'request' | 'platform'>,
  input: unknown,
): Promise<Response> {
  const { exec } = app.services;
  const { request } = event;
  const asked = typeof input === 'object' && input !== null && Reflect.get(input, 'stream') === true;
  if (!asked && !(request.headers.get('accept') ?? '').includes(LINES))
    return Response.json(await untilGone(event, (signal) => exec.run(actor, id, input, signal)));
  const gone = new AbortController();
  const pieces = await exec.stream(actor, id, input, AbortSignal.any([request.signal, gone.signal]));
  const encoder = new TextEncoder();
  const line = (value: unknown) => encoder.encode(`${JSON.stringify(value)}\n`);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await pieces.next();
        if (next.done === true) controller.close();
        else controller.enqueue(line(next.value));
      } catch (error) {
        if (!(error instanceof AppError)) app.log.error({ err: error }, 'a stream of output broke');
        // the status was sent long ago
        controller.enqueue(line({ error: toProblem(error) }));
        controller.close();
      }
    },
    cancel() {
      gone.abort();
      void pieces.return(undefined).catch(() => undefined);
    },
  });
  return new Response(body, { headers: { 'content-type': LINES, 'x-accel-buffering': 'no' } });
}
