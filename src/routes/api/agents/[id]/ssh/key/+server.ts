import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

/** The private key that its own sshd lets in, as a file. */
export const GET = endpoint<RequestEvent>(({ app, actor, event }) => {
  const key = app.services.agentSsh.key(actor, event.params.id);
  return new Response(key, {
    headers: {
      'content-type': 'application/x-pem-file',
      'content-disposition': `attachment; filename="${encodeURIComponent(event.params.id)}.key"`,
      'cache-control': 'no-store',
    },
  });
});
