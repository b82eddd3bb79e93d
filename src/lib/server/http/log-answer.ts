import { logQuery, type LogQuery } from '#lib/domain/inputs/log-query.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { App } from '../app.ts';
import type { Actor } from '../services/access.ts';
import { readQuery } from './doors.ts';

/**
 * `GET …/logs`: JSON with the newest lines; with `follow` or `Accept: text/event-stream` a stream of events; with `Accept: text/plain` or
 * `format=plain` a file of plain lines.
 */
export async function logAnswer(
  app: App,
  actor: Actor | null,
  id: string,
  request: Request,
  url: URL,
): Promise<Response> {
  const query = parseInput(logQuery, readQuery(url));
  const accept = request.headers.get('accept') ?? '';
  if (query.follow || accept.includes('text/event-stream'))
    return followAnswer(app, actor, id, request, query);
  const lines = await app.services.logs.read(actor, id, query);
  if (accept.includes('text/plain') || query.format === 'plain') {
    const { name } = app.services.agents.get(actor, id);
    return new Response(lines.map((line) => `${line.text}\n`).join(''), {
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': `attachment; filename="${name}.log"`,
      },
    });
  }
  return Response.json({
    logs: query.format === 'json' ? lines.map(lineView) : lines.map((line) => line.text),
    count: lines.length,
  });
}

function lineView(line: LogLine) {
  return { time: line.time, seq: line.seq, stream: line.stream, level: null, text: line.text };
}

async function followAnswer(
  app: App,
  actor: Actor | null,
  id: string,
  request: Request,
  query: LogQuery,
): Promise<Response> {
  const plain = (request.headers.get('accept') ?? '').includes('text/plain');
  // the first look-up throws before the answer has begun
  app.services.agents.get(actor, id);
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, gone.signal]);
  const source = app.services.logs.follow(actor, id, query.tail, signal);
  const encoder = new TextEncoder();
  const wanted = (line: LogLine) => query.stream === undefined || line.stream === query.stream;
  const write = (line: LogLine) =>
    plain ? `${line.text}\n` : `id: ${line.seq}\nevent: log\ndata: ${JSON.stringify(lineView(line))}\n\n`;
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
  return Promise.resolve(
    new Response(stream, { headers: { 'content-type': type, 'x-accel-buffering': 'no' } }),
  );
}
