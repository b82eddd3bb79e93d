/** Pages of an agent's log, from the server. */
import type { LogLine } from '#lib/protocol/log-line.ts';
import { callApi } from './api.ts';

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Whether there are lines before and after these. */
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
}

/** Where a page is: at a number, at a time, or at the end. */
export type PagePlace =
  | { readonly before: number }
  | { readonly after: number }
  | { readonly around: number }
  | { readonly since: string }
  | { readonly tail: number };

export type ReadPage = (agentId: string, place: PagePlace, limit: number) => Promise<LogPage | null>;

/** null: it could not be read. */
export const readPage: ReadPage = async (agentId, place, limit) => {
  const query = new URLSearchParams({ format: 'json' });
  for (const [name, value] of Object.entries(place)) query.set(name, String(value));
  if (!('tail' in place)) query.set('limit', String(limit));
  const answer = await callApi('GET', `/api/agents/${agentId}/logs?${query}`);
  return answer.ok ? pageOf(answer.value) : null;
};

function pageOf(value: unknown): LogPage | null {
  if (typeof value !== 'object' || value === null) return null;
  const logs: unknown = Reflect.get(value, 'logs');
  if (!Array.isArray(logs)) return null;
  return {
    lines: logs.filter(isLine),
    hasBefore: Reflect.get(value, 'hasBefore') === true,
    hasAfter: Reflect.get(value, 'hasAfter') === true,
  };
}

function isLine(value: unknown): value is LogLine {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'seq') === 'number' &&
    typeof Reflect.get(value, 'text') === 'string'
  );
}
