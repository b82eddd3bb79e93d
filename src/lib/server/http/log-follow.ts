import type { LogQuery } from '#lib/domain/inputs/log-query.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { App } from '../app.ts';
import type { Actor } from '../services/access.ts';
import { lineView, plainLine } from './log-line-view.ts';

/** Lines as they come: as events, or as plain text. */
export function followAnswer(
  app: App,
  actor: Actor | null,
  id: string,
  request: Request,
  query: LogQuery,
): Response {
  const plain = (request.headers.get('accept') ?? '').includes('text/plain');
  // the first look-up throws before the answer has begun
  app.services.agents.get(actor, id);
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, gone.signal]);
  const source = app.services.logs.follow(actor, id, query.tail, signal);
  const encoder = new TextEncoder();
  const wanted = (line: LogLine) =>
    query.stream === undefined || line.gap !== undefined || line.stream === query.stream;
  const write = (line: LogLine) =>
    plain
      ? `${plainLine(line)}\n`
      : `id: ${line.seq}\nevent: log\ndata: ${JSON.stringify(lineView(line))}\n\n`;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await source.next();
      if (next.done === true) {
        if (!plain) controller.enqueue(encoder.encode('event: end\ndata: {}\n\n'));
        controller.close();
        return;
      }
      controller.enqueue(encoder.encode(next.value.filter(wanted).map(write).join('')));
    },
    async cancel() {
      // while it waits for lines it hears of no return
      gone.abort();
      await source.return(undefined);
    },
  });
  const type = plain ? 'text/plain; charset=utf-8' : 'text/event-stream; charset=utf-8';
  return new Response(stream, { headers: { 'content-type': type, 'x-accel-buffering': 'no' } });
}
