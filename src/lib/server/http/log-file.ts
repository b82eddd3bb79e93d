import { createGzip } from 'node:zlib';
import { pipeline, Readable } from 'node:stream';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { App } from '../app.ts';
import type { LineWish } from '../archive/line-filter.ts';
import type { Actor } from '../services/access.ts';
import { lineView, plainLine } from './log-line-view.ts';

export interface DownloadWish {
  readonly wish: LineWish;
  readonly format: 'text' | 'jsonl';
  readonly gzip: boolean;
}

/** Everything that fits as a file, however long it is. */
export async function downloadAnswer(
  app: App,
  actor: Actor | null,
  id: string,
  { wish, format, gzip }: DownloadWish,
): Promise<Response> {
  const name = `${app.services.agents.get(actor, id).name}.${format === 'text' ? 'log' : 'jsonl'}`;
  const write = format === 'text' ? plainLine : (line: LogLine) => JSON.stringify(lineView(line));
  const body = await begun(texts(app.services.logs.all(actor, id, wish), write));
  const type = format === 'text' ? 'text/plain; charset=utf-8' : 'application/x-ndjson';
  return new Response(streamOf(gzip ? pipeline(body, createGzip(), () => undefined) : body), {
    headers: {
      'content-type': gzip ? 'application/gzip' : type,
      'content-disposition': `attachment; filename="${name}${gzip ? '.gz' : ''}"`,
    },
  });
}

/** The newest `tail` lines that fit as plain text, any number. */
export async function plainAnswer(
  app: App,
  actor: Actor | null,
  id: string,
  wish: LineWish,
  tail: number,
): Promise<Response> {
  const { name } = app.services.agents.get(actor, id);
  const body = await begun(texts(app.services.logs.all(actor, id, wish, tail), plainLine));
  return new Response(streamOf(body), {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="${name}.log"`,
    },
  });
}

async function* texts(
  batches: AsyncIterable<readonly LogLine[]>,
  write: (line: LogLine) => string,
): AsyncGenerator<Buffer> {
  for await (const lines of batches)
    if (lines.length > 0) yield Buffer.from(lines.map((line) => `${write(line)}\n`).join(''));
}

/** The first piece is read before the answer begins, so that what is wrong can still be said with a status. */
async function begun(source: AsyncGenerator<Buffer>): Promise<Readable> {
  const first = await source.next();
  async function* all(): AsyncGenerator<Buffer> {
    if (first.done !== true) yield first.value;
    yield* source;
  }
  return Readable.from(all(), { objectMode: false });
}

function streamOf(readable: NodeJS.ReadableStream): ReadableStream<Uint8Array> {
  const source = readable[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await source.next();
      if (next.done === true) controller.close();
      else controller.enqueue(typeof next.value === 'string' ? Buffer.from(next.value) : next.value);
    },
    async cancel() {
      await source.return?.(undefined);
    },
  });
}
