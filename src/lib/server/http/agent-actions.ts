import { AppError } from '#lib/domain/errors.ts';
import { STOP_DELAY_MS } from '#lib/protocol/stop-delay.ts';
import type { AgentService } from '../services/agents.ts';
import type { Actor } from '../services/access.ts';
import { action, type Door } from './doors.ts';
import type { RequestEvent } from '@sveltejs/kit';

type Verb = (agents: AgentService, actor: Actor | null, id: string) => unknown;

const VERBS = {
  start: (agents, actor, id) => agents.start(actor, id),
  stop: (agents, actor, id) => agents.stop(actor, id, { delay: STOP_DELAY_MS }),
  restart: (agents, actor, id) => agents.restart(actor, id),
  pause: (agents, actor, id) => agents.pause(actor, id),
  resume: (agents, actor, id) => agents.resume(actor, id),
  kill: (agents, actor, id) => agents.kill(actor, id),
  cancel: (agents, actor, id) => agents.cancel(actor, id),
  remove: (agents, actor, id) => agents.remove(actor, id, { force: true }),
} as const satisfies Record<string, Verb>;

/** The verbs as form actions, with the agent in the field `id` (or in the address). They answer at once; progress comes live. */
export const verbActions = {
  start: verb('start'),
  stop: verb('stop'),
  restart: verb('restart'),
  pause: verb('pause'),
  resume: verb('resume'),
  kill: verb('kill'),
  cancel: verb('cancel'),
  remove: verb('remove'),
  snapshot: action(async (door, form) => {
    const { app, actor } = door;
    const name = text(form.get('name'));
    const comment = text(form.get('comment')) ?? '';
    const input = { ...(name === null ? {} : { name }), comment, pause: form.get('pause') !== 'false' };
    const snapshot = await app.services.snapshots.create(actor, agentIn(door, form), input);
    return { done: 'snapshot', snapshot };
  }),
};

function verb(name: keyof typeof VERBS) {
  return action(async (door, form) => {
    const agent = await VERBS[name](door.app.services.agents, door.actor, agentIn(door, form));
    return { done: name, agent };
  });
}

function agentIn({ event }: Door<RequestEvent>, form: FormData): string {
  const id = text(form.get('id')) ?? event.params['id'];
  if (id === undefined) throw new AppError('VALIDATION', 'id: must name an agent');
  return id;
}

function text(value: FormDataEntryValue | null): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
