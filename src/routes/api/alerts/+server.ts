import { validationError } from '#lib/domain/errors.ts';
import { endpoint } from '#lib/server/http/doors.ts';

/** What was told, newest first. `?limit=&rule=&agent=&before=`, the ids of a rule, an agent and an alert. */
export const GET = endpoint(({ app, actor, event }) => {
  const query = event.url.searchParams;
  const raw = query.get('limit');
  if (raw !== null && !/^\d{1,4}$/.test(raw))
    throw validationError([{ field: 'limit', value: raw, rule: 'must be a whole number' }]);
  const given = (name: 'rule' | 'agent' | 'before') => {
    const value = query.get(name);
    return value === null ? {} : { [name]: value };
  };
  const limit = raw === null ? 50 : Number(raw);
  const filter = { ...given('rule'), ...given('agent'), ...given('before') };
  const alerts = app.services.alerts.list(actor, limit, filter);
  const unseen = app.services.alerts.unseen(actor);
  const last = alerts.at(-1);
  const next = last === undefined || alerts.length < limit ? {} : { nextCursor: last.id };
  return { alerts, count: alerts.length, unseen, ...next };
});
