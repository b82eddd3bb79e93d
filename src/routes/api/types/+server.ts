import { BUILT_IN_TYPES } from '#lib/domain/agent-types.ts';
import { endpoint } from '#lib/server/http/doors.ts';
import { authorize } from '#lib/server/services/access.ts';

export const GET = endpoint(({ actor }) => {
  authorize(actor, 'agents.see');
  return { types: BUILT_IN_TYPES, count: BUILT_IN_TYPES.length };
});
