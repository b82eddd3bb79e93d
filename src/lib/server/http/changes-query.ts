/** The address of a comparison: what is compared, and which part of it is asked for. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, validationError } from '#lib/domain/errors.ts';
import type { App } from '../app.ts';
import type { Actor } from '../services/access.ts';
import type { SideWish } from '../services/diff-sides.ts';
import { isTrue, readQuery } from './doors.ts';

export interface Compared {
  readonly from: SideWish;
  readonly to: SideWish;
}

/** `?against=image` (also when it is left out) or `?against=<snapshot id>`. */
export function agentCompared(agent: string, url: URL): Compared {
  const against = url.searchParams.get('against') ?? 'image';
  const from: SideWish = against === 'image' ? { kind: 'image', agent } : { kind: 'snapshot', id: against };
  return { from, to: { kind: 'agent', agent } };
}

/** `?from=<snapshot id>&to=<snapshot id>`. Throws VALIDATION when one is missing. */
export function snapshotsCompared(url: URL): Compared {
  const side = (name: string): SideWish => {
    const id = url.searchParams.get(name) ?? '';
    if (id === '')
      throw validationError([{ field: name, value: null, rule: 'must be the id of a snapshot' }]);
    return { kind: 'snapshot', id };
  };
  return { from: side('from'), to: side('to') };
}

/** What is left of the query is what the service reads. */
function partOf(url: URL): Readonly<Record<string, string>> {
  const {
    against: _against,
    from: _from,
    to: _to,
    fresh: _fresh,
    download: _download,
    ...part
  } = readQuery(url);
  return part;
}

export function changesAnswer(app: App, actor: Actor | null, { from, to }: Compared, url: URL) {
  const fresh = url.searchParams.has('fresh') && isTrue(url.searchParams.get('fresh'));
  return app.services.diffs.changes(actor, from, to, partOf(url), { fresh });
}

/** The comparison of one file, or with `?download=before` or `after` the file itself. */
export async function fileAnswer(app: App, actor: Actor | null, { from, to }: Compared, url: URL) {
  const which = url.searchParams.get('download');
  if (which === null) return app.services.diffs.file(actor, from, to, partOf(url));
  if (which !== 'before' && which !== 'after')
    throw validationError([{ field: 'download', value: which, rule: 'must be before or after' }]);
  const path = url.searchParams.get('path') ?? '';
  const { size, stream } = await app.services.diffs.download(actor, from, to, partOf(url), which);
  return new Response(stream, {
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(size),
      'content-disposition': `attachment; filename*=UTF-8''${encoded(path.slice(path.lastIndexOf('/') + 1))}`,
    },
  });
}

/** As RFC 5987 wants it, which is stricter than an address. */
function encoded(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16)}`,
  );
}

/** How long a page waits before it says that it takes longer. */
const PATIENCE_MS = 1_500;

/** What the pages show: a folder or a list, and one file where `?file=` names it. What cannot be had now is a problem in its place. */
export async function changesPage(app: App, actor: Actor | null, wish: Compared, url: URL) {
  const { searchParams: query } = url;
  const shown = {
    path: query.get('path') ?? '/',
    q: query.get('q') ?? '',
    kind: query.get('kind') ?? '',
    file: query.get('file'),
  };
  const asked = new URL(url);
  asked.searchParams.delete('file');
  asked.searchParams.set('path', shown.path);
  for (const name of ['q', 'kind', 'cursor']) if (query.get(name) === '') asked.searchParams.delete(name);
  const work = orProblem(changesAnswer(app, actor, wish, asked));
  const soon = await Promise.race([work, delay(PATIENCE_MS, null, { ref: false })]);
  if (soon === null) {
    // it goes on by itself, and its end is told as a fact
    const operation = app.services.diffs.underWay(actor, wish.from, wish.to);
    if (operation !== null) return { shown, list: null, problem: null, file: null, operation };
  }
  const { value: page, problem } = await work;
  const filed =
    shown.file === null || page === null
      ? { value: null, problem: null }
      : await orProblem(app.services.diffs.file(actor, wish.from, wish.to, { path: shown.file }));
  return { shown, list: page, problem: problem ?? filed.problem, file: filed.value, operation: null };
}

async function orProblem<Value>(work: Promise<Value>) {
  try {
    return { value: await work, problem: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { value: null, problem: error.toProblem() };
  }
}
