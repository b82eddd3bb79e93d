import { verbActions } from '#lib/server/http/agent-actions.ts';
import { load as door } from '#lib/server/http/doors.ts';
import type { PageServerLoadEvent } from './$types';

type Door = Parameters<Parameters<typeof door<PageServerLoadEvent, unknown>>[0]>[0];

export const load = door(({ event }: Door) => ({
  origin: event.url.origin,
  as: event.url.searchParams.get('as'),
}));

export const actions = verbActions;
