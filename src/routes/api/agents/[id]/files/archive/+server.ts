import { endpoint, readQuery } from '#lib/server/http/doors.ts';
import { archiveAnswer } from '#lib/server/http/file-answer.ts';
import { sentFile } from '#lib/server/http/sent-file.ts';
import type { RequestEvent } from './$types';

/** A folder (or a file) as tar, or with `?format=zip` as zip. */
export const GET = endpoint<RequestEvent>(async ({ app, actor, event: { params, url } }) => {
  const { signal } = new AbortController();
  return archiveAnswer(await app.services.files.archive(actor, params.id, readQuery(url), signal));
});

/** The body is a tar, plain or gzip, that is unpacked into the folder `?path=`. */
export const POST = endpoint<RequestEvent>(async ({ app, actor, event: { params, url, request } }) => {
  const { content } = await sentFile(request);
  return app.services.files.unpack(actor, params.id, readQuery(url), content);
});
