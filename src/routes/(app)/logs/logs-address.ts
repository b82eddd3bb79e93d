/** What the page of logs shows, kept in its address so that it can be saved and sent. Pure. */

export const MODES = ['search', 'live', 'split'] as const;
export type Mode = (typeof MODES)[number];

export const SPANS = ['', '15m', '1h', '24h', '7d'] as const;
export type Span = (typeof SPANS)[number];

/** Which agents are meant, and which of their lines. */
export interface LogsAddress {
  readonly mode: Mode;
  readonly q: string;
  readonly regex: boolean;
  readonly agent: readonly string[];
  readonly type: readonly string[];
  readonly tag: readonly string[];
  readonly host: readonly string[];
  readonly level: readonly string[];
  readonly stream: string;
  /** Back from now. */
  readonly span: Span;
  /** RFC 3339; '' for none. */
  readonly since: string;
  readonly until: string;
  /** Agents whose name, tags, image or type hold this (live). */
  readonly find: string;
  readonly cursor: string;
}

const MINUTE = 60_000;
const SPAN_MS: Readonly<Record<Exclude<Span, ''>, number>> = {
  '15m': 15 * MINUTE,
  '1h': 60 * MINUTE,
  '24h': 24 * 60 * MINUTE,
  '7d': 7 * 24 * 60 * MINUTE,
};
/** Panes beside each other. */
export const MOST_PANES = 4;

export function readAddress(query: URLSearchParams): LogsAddress {
  const many = (name: string) =>
    query
      .getAll(name)
      .flatMap((value) => value.split(','))
      .filter((value) => value !== '');
  const one = (name: string) => query.get(name) ?? '';
  return {
    mode: MODES.find((mode) => mode === query.get('mode')) ?? 'search',
    q: one('q'),
    regex: one('regex') === 'true',
    agent: many('agent'),
    type: many('type'),
    tag: many('tag'),
    host: many('host'),
    level: many('level'),
    stream: one('stream'),
    span: SPANS.find((span) => span === query.get('span')) ?? '',
    since: one('since'),
    until: one('until'),
    find: one('find'),
    cursor: one('cursor'),
  };
}

/** With some of it changed; what says nothing is left out, and a cursor belongs to one search only. */
export function logsHref(address: LogsAddress, change: Partial<LogsAddress> = {}): string {
  const next: LogsAddress = { ...address, cursor: '', ...change };
  const query = new URLSearchParams();
  if (next.mode !== 'search') query.set('mode', next.mode);
  const values: Readonly<Record<string, string | boolean | readonly string[]>> = { ...next };
  for (const [name, value] of Object.entries(values)) {
    if (name === 'mode' || value === '' || value === false) continue;
    if (typeof value === 'string') query.set(name, value);
    else if (value === true) query.set(name, 'true');
    else for (const each of value) query.append(name, each);
  }
  return query.size === 0 ? '/logs' : `/logs?${query}`;
}

/** Whether anything is looked for at all. */
export function isAsked(address: LogsAddress): boolean {
  const { q, agent, type, tag, host, level, stream, span, since, until } = address;
  return (
    [q, stream, span, since, until].some((text) => text !== '') ||
    [agent, type, tag, host, level].some((list) => list.length > 0)
  );
}

/** The same as a query of the API, `now` being the end of a span. */
export function searchParams(address: LogsAddress, now: number): URLSearchParams {
  const { q, regex, agent, type, tag, host, level, stream, span, until, cursor } = address;
  const since = span === '' ? address.since : new Date(now - SPAN_MS[span]).toISOString();
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ q, stream, since, until, cursor }))
    if (value !== '') query.set(name, value);
  if (regex) query.set('regex', 'true');
  for (const [name, values] of Object.entries({ agent, type, tag, host, level }))
    for (const value of values) query.append(name, value);
  return query;
}
