/** The fields of the form for a new build as the API's input. */
import { splitCommand } from '#lib/domain/docker-run/split.ts';
import { validationError } from '#lib/domain/errors.ts';

export const SOURCES = ['dockerfile', 'upload', 'git', 'context'] as const;
export type BuildSourceName = (typeof SOURCES)[number];

/** What is left empty is left out. Throws VALIDATION for flags that are no words. */
export function buildBody(text: (name: string) => string): Readonly<Record<string, unknown>> {
  const source = sourceNamed(text('source'));
  const said = (name: string) => (text(name).trim() === '' ? undefined : text(name).trim());
  const entries = {
    dockerfile: source === 'dockerfile' ? text('dockerfile').replaceAll('\r\n', '\n') : undefined,
    git: source === 'git' ? text('git').trim() : undefined,
    context: source === 'context' ? text('context').trim() : undefined,
    file: source === 'dockerfile' ? undefined : said('file'),
    tag: said('tag'),
    host: said('host'),
    timeout: said('timeout'),
    buildArgs: said('buildArgs') === undefined ? undefined : flagsOf(text('buildArgs')),
  };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

export function sourceNamed(name: string): BuildSourceName {
  return SOURCES.find((each) => each === name) ?? 'dockerfile';
}

/** The same as a query, for a tar that is sent as the body. */
export function buildQuery(body: Readonly<Record<string, unknown>>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(body))
    for (const each of Array.isArray(value) ? value : [value]) query.append(key, String(each));
  return query;
}

function flagsOf(text: string): readonly string[] {
  const split = splitCommand(text.replaceAll(/\r?\n/g, ' '));
  if ('words' in split) return split.words;
  throw validationError([{ field: 'buildArgs', value: split.refusal.found, rule: split.refusal.rule }]);
}
