import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** A tar that `docker load` takes too: `docker save` of the image, with what is known of the snapshot and its copies of volumes in front. */
export const GET = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const { fileName, bytes, close } = await app.services.snapshotExport.export(actor, event.params.id);
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await bytes.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        } catch (error) {
          controller.error(error);
        }
      },
      async cancel() {
        close();
        await bytes.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, {
    headers: {
      'content-type': 'application/x-tar',
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'no-store',
    },
  });
});
