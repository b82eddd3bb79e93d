import { notFound } from '#lib/domain/errors.ts';
import { endpoint, readJson } from '#lib/server/http/doors.ts';
import type { AgentService } from '#lib/server/services/agents.ts';
import type { Actor } from '#lib/server/services/access.ts';
import type { RequestEvent } from './$types';

type Verb = (agents: AgentService, actor: Actor | null, id: string, input: unknown) => unknown;
const wait = { wait: true } as const;

/** Each answers the agent as it is after the verb. */
const VERBS: Readonly<Record<string, Verb>> = {
  start: (agents, actor, id) => agents.start(actor, id, wait),
  stop: (agents, actor, id, input) => agents.stop(actor, id, input, wait),
  restart: (agents, actor, id, input) => agents.restart(actor, id, input, wait),
  pause: (agents, actor, id) => agents.pause(actor, id),
  resume: (agents, actor, id) => agents.resume(actor, id),
  kill: (agents, actor, id, input) => agents.kill(actor, id, input),
  cancel: (agents, actor, id) => agents.cancel(actor, id),
};

export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const { id, verb } = event.params;
  const work = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (work === undefined) throw notFound('verb', verb);
  return work(app.services.agents, actor, id, await readJson(event.request));
});
