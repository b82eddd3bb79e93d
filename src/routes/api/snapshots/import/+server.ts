import { AppError } from '#lib/domain/errors.ts';
import { endpoint, readQuery } from '#lib/server/http/doors.ts';
import { sentFile } from '#lib/server/http/sent-file.ts';
import type { RequestEvent } from './$types';

/**
 * The body is a tar: an export of ours, or what `docker save` wrote when `?agent=` says of whom it is; `?name=`, `?host=`. Also a form with the
 * same fields and a file behind them: a browser then goes on to the list.
 */
export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const { request, url } = event;
  const { fields, content } = await sentFile(request);
  const filled = Object.entries(fields).filter(([, value]) => value !== '');
  const query = { ...readQuery(url), ...Object.fromEntries(filled) };
  const wantsPage = (request.headers.get('accept') ?? '').includes('text/html');
  try {
    const snapshot = await app.services.snapshotImport.import(actor, content, query, request.signal);
    if (!wantsPage) return Response.json(snapshot, { status: 201 });
    return new Response(null, { status: 303, headers: { location: `/snapshots#${snapshot.id}` } });
  } catch (error) {
    if (!wantsPage || !(error instanceof AppError)) throw error;
    // its operation says why
    return new Response(null, { status: 303, headers: { location: '/activity' } });
  }
});
