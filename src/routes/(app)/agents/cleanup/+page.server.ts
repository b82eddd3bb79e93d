import { AppError } from '#lib/domain/errors.ts';
import { action, load as door } from '#lib/server/http/doors.ts';
import { toProblem } from '#lib/server/services/operations.ts';
import { pruneOf, readWish, wasSeen } from './cleanup-wish.ts';
import type { PageServerLoadEvent } from './$types';

type Door = Parameters<Parameters<typeof door<PageServerLoadEvent, unknown>>[0]>[0];

/** The dry run is in the address, so that it can be looked at again. A refusal stands in the page. */
export const load = door(async ({ app, actor, event }: Door) => {
  const query = event.url.searchParams;
  const wish = readWish(query);
  const input = pruneOf(wish);
  if (query.get('look') === null || input === null)
    return { wish, looked: query.get('look') !== null, found: null, problem: null };
  try {
    const found = await app.services.prune.prune(actor, { ...input, dryRun: true });
    return { wish, looked: true, found, problem: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'UNAUTHENTICATED') throw error;
    return { wish, looked: true, found: null, problem: toProblem(error) };
  }
});

export const actions = {
  /** The same wish, and in `seen` what was in the list: what is new since then is never taken along. */
  remove: action(async ({ app, actor }, form) => {
    const input = pruneOf(readWish(form));
    if (input === null) throw new AppError('VALIDATION', 'Choose what to clean up');
    const seen = form.getAll('seen').filter((each) => typeof each === 'string');
    const now = await app.services.prune.prune(actor, { ...input, dryRun: true });
    if (!wasSeen(now.items, seen)) return { done: 'changed' as const };
    const pruned = await app.services.prune.prune(actor, { ...input, dryRun: false });
    return { done: 'remove' as const, pruned };
  }),
};
