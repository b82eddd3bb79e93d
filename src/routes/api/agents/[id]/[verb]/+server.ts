import { notFound } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { startInput } from '#lib/domain/inputs/verb-inputs.ts';
import { endpoint, isTrue, readJson } from '#lib/server/http/doors.ts';
import type { Services } from '#lib/server/services/compose.ts';
import type { Actor } from '#lib/server/services/access.ts';
import type { RequestEvent } from './$types';

type Verb = (
  services: Services,
  actor: Actor | null,
  id: string,
  input: unknown,
  options: { wait: boolean },
) => unknown;

/** Each answers the agent as it is after the verb; with `?wait=false` as it is when the verb has begun. */
const VERBS: Readonly<Record<string, Verb>> = {
  start: ({ agents }, actor, id, input, options) =>
    agents.start(actor, id, { ...parseInput(startInput, input), ...options }),
  stop: ({ agents }, actor, id, input, options) => agents.stop(actor, id, input, options),
  restart: ({ agents }, actor, id, input, options) => agents.restart(actor, id, input, options),
  pause: ({ agents }, actor, id) => agents.pause(actor, id),
  resume: ({ agents }, actor, id) => agents.resume(actor, id),
  kill: ({ agents }, actor, id, input) => agents.kill(actor, id, input),
  cancel: ({ agents }, actor, id) => agents.cancel(actor, id),
  rename: ({ agents }, actor, id, input) => agents.rename(actor, id, input),
  recreate: ({ agents }, actor, id, input, options) => agents.recreate(actor, id, input, options),
  restore: ({ forking }, actor, id, input, options) => forking.restore(actor, id, input, options),
  'keep-alive': ({ agents }, actor, id, input) => agents.keepAlive(actor, id, input),
};

/** Each makes another agent: 201, and `?wait=true` waits until it is ready. */
const MAKERS: Readonly<Record<string, Verb>> = {
  clone: ({ agents }, actor, id, input, options) => agents.clone(actor, id, input, options),
  'crash-copy': ({ crashes }, actor, id) => crashes.openCopy(actor, id),
};

export const POST = endpoint<RequestEvent>(async ({ app, actor, event }) => {
  const { id, verb } = event.params;
  const asked = event.url.searchParams.get('wait');
  if (Object.hasOwn(MAKERS, verb)) {
    const made = await MAKERS[verb]?.(app.services, actor, id, await readJson(event.request), {
      wait: isTrue(asked),
    });
    return Response.json(made, { status: 201 });
  }
  const work = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (work === undefined) throw notFound('verb', verb);
  return work(app.services, actor, id, await readJson(event.request), { wait: asked !== 'false' });
});
