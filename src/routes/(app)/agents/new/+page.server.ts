import { redirect } from '@sveltejs/kit';
import { BUILT_IN_TYPES } from '#lib/domain/agent-types.ts';
import { validationError } from '#lib/domain/errors.ts';
import { dockerBytes } from '#lib/domain/quantities.ts';
import { idempotencyKey } from '#lib/server/http/agent-query.ts';
import { action, load as door } from '#lib/server/http/doors.ts';
import { pairProblems, spawnBody } from './spawn-form.ts';
import type { PageServerLoadEvent } from './$types';

export const load = door(
  ({
    app,
    actor,
    event,
  }: {
    app: App.Locals['app'];
    actor: App.Locals['actor'];
    event: PageServerLoadEvent;
  }) => {
    const images = BUILT_IN_TYPES.flatMap((type) => (type.image === null ? [] : [type.image]));
    return {
      types: BUILT_IN_TYPES,
      // streamed: the form does not wait for any host
      images: app.services.hosts.hasImages(actor, images),
      names: app.services.agents.list(actor).map((agent) => agent.name),
      defaults: {
        memory: app.config.defaultMemory === null ? '0' : dockerBytes(app.config.defaultMemory),
        cpu: app.config.defaultCpu === null ? '0' : String(app.config.defaultCpu),
      },
      wish: {
        type: event.url.searchParams.get('type') ?? '',
        image: event.url.searchParams.get('image') ?? '',
      },
      origin: event.url.origin,
    };
  },
);

export const actions = {
  /** Spawns from the form's fields; see spawn-form.ts for their names. Answers with the agent's page. */
  default: action(async ({ app, actor, event }, form) => {
    const fields = Object.fromEntries(
      [...form].flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
    );
    const bad = pairProblems(fields);
    if (bad.length > 0) throw validationError(bad);
    const agent = await app.services.agents.spawn(actor, spawnBody(fields), {
      idempotencyKey: idempotencyKey(event.request),
    });
    redirect(303, `/agents/${agent.id}`);
  }),
};
