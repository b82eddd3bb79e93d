import { AppError } from '#lib/domain/errors.ts';
import { pathBelow, settledPath } from '#lib/domain/paths.ts';
import { endpoint, isTrue } from '#lib/server/http/doors.ts';
import { conditionsOf, fileAnswer, lengthOf } from '#lib/server/http/file-answer.ts';
import { sentFile } from '#lib/server/http/sent-file.ts';
import type { RequestEvent } from './$types';

/** A file as it is. With `?view=true` a picture is shown; anything else is saved. */
export const GET = endpoint<RequestEvent>(async ({ app, actor, event: { params, url } }) => {
  const path = url.searchParams.get('path');
  const { signal } = new AbortController();
  const file = await app.services.files.content(actor, params.id, { path }, signal);
  const view = url.searchParams.get('view');
  return fileAnswer(file, view !== null && isTrue(view));
});

/** The body is the whole new content. */
export const PUT = endpoint<RequestEvent>(async ({ app, actor, event: { params, url, request } }) => {
  const path = url.searchParams.get('path');
  const { content } = await sentFile(request);
  const sent = { content, size: lengthOf(request) };
  const { signal } = new AbortController();
  return app.services.files.write(actor, params.id, { path }, sent, { ...conditionsOf(request), signal });
});

/** A form with one file, which goes into the folder `?path=` (or its field `path`): how a page without scripts sends one. */
export const POST = endpoint<RequestEvent>(async ({ app, actor, event: { params, url, request } }) => {
  const { fields, content, name } = await sentFile(request);
  const folder = fields['path'] ?? url.searchParams.get('path') ?? '/';
  const wantsPage = (request.headers.get('accept') ?? '').includes('text/html');
  const back = (problem: string) =>
    new Response(null, {
      status: 303,
      headers: {
        location: `/agents/${encodeURIComponent(params.id)}/files?${new URLSearchParams({ path: folder, ...(problem === '' ? {} : { problem }) })}`,
      },
    });
  try {
    if (name === null || name === '') throw new AppError('VALIDATION', 'file: is required, with its name');
    const path = pathBelow(settledPath(folder), name);
    const { signal } = new AbortController();
    const sent = { content, size: null };
    const file = await app.services.files.write(actor, params.id, { path }, sent, { signal });
    return wantsPage ? back('') : Response.json(file, { status: 201 });
  } catch (error) {
    if (!wantsPage || !(error instanceof AppError)) throw error;
    return back(error.message);
  }
});
