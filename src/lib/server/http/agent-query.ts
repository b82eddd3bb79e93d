import { AppError, validationError } from '#lib/domain/errors.ts';
import type { AgentFilter } from '../services/agent-filter.ts';

const LARGEST_PAGE = 1000;

/** `?status=&role=&type=&tag=&host=&q=`, each repeatable and with commas. */
export function agentFilter(url: URL): AgentFilter {
  const many = (name: string) =>
    url.searchParams
      .getAll(name)
      .flatMap((value) => value.split(','))
      .filter((value) => value !== '');
  return {
    status: many('status'),
    role: many('role'),
    type: many('type'),
    host: many('host'),
    tag: many('tag'),
    q: url.searchParams.get('q'),
  };
}

/** `?limit=&cursor=`. Throws VALIDATION. */
export function pageQuery(url: URL): { readonly limit: number; readonly cursor: string | null } {
  const raw = url.searchParams.get('limit');
  const limit = raw === null ? LARGEST_PAGE : Number(raw);
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
    throw validationError([
      { field: 'limit', value: raw, rule: `must be a whole number from 1 to ${LARGEST_PAGE}` },
    ]);
  }
  return { limit, cursor: url.searchParams.get('cursor') };
}

/** `?timeout=<ms>&force=&grace=<ms>` of a removal. Throws VALIDATION for a bad number. */
export function removalQuery(url: URL): Readonly<Record<string, boolean | number>> {
  const force = url.searchParams.get('force');
  if (force !== null && !['', '0', '1', 'true', 'false'].includes(force)) {
    throw validationError([{ field: 'force', value: force, rule: 'must be true or false' }]);
  }
  const times = (['timeout', 'grace'] as const).flatMap((name) => {
    const raw = url.searchParams.get(name);
    if (raw === null) return [];
    if (!/^\d{1,9}$/.test(raw))
      throw validationError([{ field: name, value: raw, rule: 'must be a whole number of milliseconds' }]);
    return [[name, Number(raw)] as const];
  });
  return { force: force === '' || force === '1' || force === 'true', ...Object.fromEntries(times) };
}

/** An Idempotency-Key, or null. Throws VALIDATION for one that is too long. */
export function idempotencyKey(request: Request): string | null {
  const key = request.headers.get('idempotency-key');
  if (key !== null && (key === '' || key.length > 255))
    throw new AppError('VALIDATION', 'Idempotency-Key must have 1 to 255 characters');
  return key;
}
