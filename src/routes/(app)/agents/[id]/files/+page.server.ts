import { redirect } from '@sveltejs/kit';
import { AppError, type Problem } from '#lib/domain/errors.ts';
import { folderOf, pathBelow } from '#lib/domain/paths.ts';
import { verbActions } from '#lib/server/http/agent-actions.ts';
import { action, load as door, type Door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent, RequestEvent } from './$types';

/** The folder `?path=` and, where `?file=` names one, a file. What cannot be had now is a problem in its place. */
export const load = door(async ({ app, actor, event }: Door<PageServerLoadEvent>) => {
  event.depends('slipway:files');
  const { files } = app.services;
  const { params, url } = event;
  const query = (name: string) => url.searchParams.get(name) ?? '';
  const shown = {
    path: query('path') || app.services.agents.get(actor, params.id).spec.workdir || '/',
    file: query('file') || null,
    edit: query('edit') === 'true',
    order: { sort: query('sort') || 'name', down: query('down') === 'true' ? 'true' : '' },
  };
  const opened =
    shown.file === null
      ? NOTHING
      : await orProblem(() =>
          files.open(actor, params.id, { path: shown.file }, new AbortController().signal),
        );
  const looked =
    shown.file === null
      ? await orProblem(() => files.look(actor, params.id, lookQuery(shown, query)))
      : NOTHING;
  if (looked.value !== null && !('entries' in looked.value)) {
    const file = new URLSearchParams({ path: folderOf(shown.path), file: shown.path });
    redirect(307, `${url.pathname}?${file}`);
  }
  return {
    shown,
    list: looked.value,
    opened: opened.value,
    problem: looked.problem ?? opened.problem,
    uploadProblem: query('problem'),
    mayRead: actor?.role !== 'viewer',
  };
});

const NOTHING = { value: null, problem: null };

function lookQuery(
  {
    path,
    order,
  }: { readonly path: string; readonly order: { readonly sort: string; readonly down: string } },
  query: (name: string) => string,
) {
  return {
    path,
    sort: order.sort,
    ...(order.down === '' ? {} : { down: order.down }),
    ...(query('cursor') === '' ? {} : { cursor: query('cursor') }),
    ...(query('fresh') === '' ? {} : { fresh: 'true' }),
  };
}

async function orProblem<Value>(
  work: () => Promise<Value>,
): Promise<{ readonly value: Value | null; readonly problem: Problem | null }> {
  try {
    return { value: await work(), problem: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'UNAUTHENTICATED') throw error;
    return { value: null, problem: error.toProblem() };
  }
}

export const actions = {
  ...verbActions,
  deleteFile: action<RequestEvent, object>(async ({ app, actor, event }, form) => {
    const wish = {
      path: text(form, 'path'),
      recursive: text(form, 'recursive') === 'true' ? 'true' : 'false',
    };
    await app.services.files.delete(actor, event.params.id, wish);
    return { done: 'deleteFile', path: wish.path };
  }),
  move: action<RequestEvent, object>(async ({ app, actor, event }, form) => {
    const wish = {
      from: text(form, 'from'),
      to: text(form, 'to'),
      overwrite: text(form, 'overwrite') === 'true',
    };
    return { done: 'move', file: await app.services.files.move(actor, event.params.id, wish) };
  }),
  /** Fields `folder`, which is there, and `name`. */
  makeFolder: action<RequestEvent, object>(async ({ app, actor, event }, form) => {
    const path = pathBelow(text(form, 'folder') || '/', text(form, 'name'));
    return {
      done: 'makeFolder',
      file: await app.services.files.makeFolder(actor, event.params.id, { path }),
    };
  }),
  /** Fields `path`, `text`, `version` as it was read, `lineEnds`: a browser sends every end of a line as CRLF. */
  saveFile: action<RequestEvent, object>(async ({ app, actor, event }, form) => {
    const lines = text(form, 'text').replaceAll(/\r\n?/g, '\n');
    const written = Buffer.from(text(form, 'lineEnds') === 'crlf' ? lines.replaceAll('\n', '\r\n') : lines);
    const sent = { content: once(written), size: written.length };
    const options = { ifMatch: text(form, 'version') || '*', signal: new AbortController().signal };
    const path = text(form, 'path');
    const file = await app.services.files.write(actor, event.params.id, { path }, sent, options);
    return { done: 'saveFile', file };
  }),
};

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield bytes;
}
