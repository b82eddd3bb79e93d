import { notFound } from '#lib/domain/errors.ts';
import { endpoint, readJson } from '#lib/server/http/doors.ts';
import type { AgentService } from '#lib/server/services/agents.ts';
import type { Actor } from '#lib/server/services/access.ts';
import type { RequestEvent } from './$types';

type Verb = (
  agents: AgentService,
  actor: Actor | null,
  id: string,
  input: unknown,
  options: { wait: boolean },
) => unknown;

/** Each answers the agent as it is after the verb; with `?wait=false` as it is when the verb has begun. */
const VERBS: Readonly<Record<string, Verb>> = {
  start: (agents, actor, id, _input, options) => agents.start(actor, id, options),
  stop: (agents, actor, id, input, options) => agents.stop(actor, id, input, options),
  restart: (agents, actor, id, input, options) => agents.restart(actor, id, input, options),
  pause: (agents, actor, id) => agents.pause(actor, id),
  resume: (agents, actor, id) => agents.resume(actor, id),
  kill: (agents, actor, id, input) => agents.kill(actor, id, input),
  cancel: (agents, actor, id) => agents.cancel(actor, id),
};

export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const { id, verb } = event.params;
  const work = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (work === undefined) throw notFound('verb', verb);
  const wait = event.url.searchParams.get('wait') !== 'false';
  return work(app.services.agents, actor, id, await readJson(event.request), { wait });
});
