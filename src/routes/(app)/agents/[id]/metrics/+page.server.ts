import { verbActions } from '#lib/server/http/agent-actions.ts';

export const actions = verbActions;
