import { endpoint } from '#lib/server/http/doors.ts';
import type { RequestEvent } from './$types';

export const GET = endpoint<RequestEvent>(({ app, actor, event }) => ({
  history: app.services.agents.history(actor, event.params.id),
  lives: app.services.agents.lives(actor, event.params.id),
}));
