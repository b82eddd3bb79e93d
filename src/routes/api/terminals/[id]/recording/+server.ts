import { Readable } from 'node:stream';
import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const { id } = event.params;
  const { bytes, file } = await app.services.terminals.recording(actor, id);
  const body = new ReadableStream<Uint8Array>(pulled(file));
  return new Response(body, {
    headers: {
      'content-type': 'application/x-asciicast',
      'content-length': String(bytes),
      'content-disposition': `attachment; filename="${id}.cast"`,
    },
  });
});

export const DELETE = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  await app.services.terminals.deleteRecording(actor, event.params.id);
  return new Response(null, { status: 204 });
});

function pulled(file: Readable): UnderlyingDefaultSource<Uint8Array> {
  const pieces: AsyncIterator<Buffer> = file[Symbol.asyncIterator]();
  return {
    async pull(controller) {
      const next = await pieces.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel() {
      file.destroy();
    },
  };
}
