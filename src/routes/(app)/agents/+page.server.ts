import { inputOf, isBulkVerb, splitResults } from '#lib/components/agents/bulk-verbs.ts';
import { validationError } from '#lib/domain/errors.ts';
import { verbActions } from '#lib/server/http/agent-actions.ts';
import { action, load as door, type Door } from '#lib/server/http/doors.ts';
import { readFilter } from './list-filter.ts';
import { windowOf } from './list-window.ts';
import type { PageServerLoadEvent } from './$types';

export const load = door(({ app, actor, event }: Door<PageServerLoadEvent>) => {
  // the browser filters by itself: another filter is no reason to ask again
  const query = event.untrack(() => event.url.searchParams);
  const { agents } = app.services;
  return {
    seq: app.journal.seq(),
    ...windowOf(agents.list(actor), agents.pulses(actor), readFilter(query), Number(query.get('page') ?? 1)),
  };
});

export const actions = {
  ...verbActions,
  /**
   * One verb on the ticked agents (`select`), or on all in `all`. Where some cannot, and always before a removal, it answers what it would hit;
   * `sure` does it to those that can.
   */
  bulk: action(async ({ app, actor }, form) => {
    const verb = form.get('verb');
    const all = form.get('all');
    const ids = (typeof all === 'string' ? all.split(',') : form.getAll('select')).filter(
      (id): id is string => typeof id === 'string' && id !== '',
    );
    if (!isBulkVerb(verb)) throw validationError([{ field: 'verb', value: null, rule: 'must be a verb' }]);
    if (ids.length === 0)
      throw validationError([{ field: 'select', value: null, rule: 'select at least one agent first' }]);
    const looked = await app.services.bulk.run(actor, {
      verb,
      agents: ids,
      input: inputOf(verb),
      dryRun: true,
    });
    const { good, bad } = splitResults(looked.results);
    const ask = form.get('sure') === null && (bad.length > 0 || verb === 'remove');
    if (ask || good.length === 0)
      return { done: 'bulk', bulk: { verb, ran: false, results: looked.results } };
    const ran = await app.services.bulk.run(actor, {
      verb,
      agents: good.map((each) => each.id),
      input: inputOf(verb),
    });
    return { done: 'bulk', bulk: { verb, ran: true, results: [...ran.results, ...bad] } };
  }),
};
