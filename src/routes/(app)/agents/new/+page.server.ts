import { redirect } from '@sveltejs/kit';
import type { AgentType } from '#lib/domain/agent-types.ts';
import { validationError } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { commandInput } from '#lib/domain/inputs/verb-inputs.ts';
import { idempotencyKey } from '#lib/server/http/agent-query.ts';
import { action, load as door } from '#lib/server/http/doors.ts';
import { changedFields } from './changed-fields.ts';
import { textProblems } from './field-problems.ts';
import { fieldsAmong, filled, type Fields } from './fields.ts';
import type { Edited } from './launch-form.svelte.ts';
import { fieldsFrom, spawnBody } from './spawn-form.ts';
import type { FormAnswer } from './launch-start.ts';
import { standardFields } from './standard-fields.ts';
import type { PageServerLoadEvent, RequestEvent } from './$types';

type App = App.Locals['app'];
type Actor = App.Locals['actor'];

export const load = door(({ app, actor, event }: { app: App; actor: Actor; event: PageServerLoadEvent }) => {
  const asked = event.url.searchParams;
  const types = app.services.types.recipes(actor);
  const images = types.flatMap((type) => (type.image === null ? [] : [type.image]));
  const edited = editedAgent(app, actor, asked.get('edit'));
  const from = asked.get('from');
  return {
    types,
    // streamed: the form does not wait for any host
    images: app.services.hosts.hasImages(actor, images),
    standards: standards(app, types),
    edited,
    from: from === null || edited !== null ? null : app.services.agents.get(actor, from).name,
    fields: edited?.before ?? (from === null ? wished(asked, types) : likeAgent(app, actor, from)),
    secrets:
      actor === null || actor.role === 'viewer'
        ? []
        : app.services.secrets.list(actor).map((each) => each.name),
    pasting: asked.has('paste'),
    origin: event.url.origin,
  };
});

export const actions = {
  /**
   * Launches, and answers with the agent's page. `do` names something else: `paste` reads a docker run command from `run` into the fields,
   * `check` says what would come of a launch, `recreate` makes the agent `agent` anew. The fields are in fields.ts.
   */
  default: action(async ({ app, actor, event }: { app: App; actor: Actor; event: RequestEvent }, form) => {
    const values = Object.fromEntries(
      [...form].flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
    );
    const fields = fieldsAmong(values);
    if (values['do'] === 'paste') {
      const { command } = parseInput(commandInput, { command: values['run'] ?? '' });
      const { input, notes } = app.services.preflight.readCommand(actor, command);
      return { filled: fieldsFrom(input), notes } satisfies FormAnswer;
    }
    if (values['do'] === 'check') {
      const checked = await app.services.preflight.check(actor, spawnBody(fields), values['agent'] || null);
      return { filled: fields, checked } satisfies FormAnswer;
    }
    refuse(textProblems(fields));
    const edited = editedAgent(app, actor, values['agent'] ?? null);
    if (edited !== null) {
      const again = await app.services.agents.recreate(
        actor,
        edited.id,
        changedFields(edited.before, fields),
      );
      redirect(303, `/agents/${again.id}`);
    }
    const agent = await app.services.agents.spawn(actor, spawnBody(fields), {
      idempotencyKey: idempotencyKey(event.request),
    });
    redirect(303, `/agents/${agent.id}`);
  }),
};

function refuse(problems: ReturnType<typeof textProblems>): void {
  if (problems.length > 0) throw validationError(problems);
}

function standards(app: App, types: readonly AgentType[]) {
  const { defaultMemory: memory, defaultCpu: cpu, network } = app.config;
  return Object.fromEntries(
    types.map((type) => [type.name, standardFields(type, { memory, cpu, pids: 512, network })]),
  );
}

function wished(asked: URLSearchParams, types: readonly AgentType[]): Fields {
  const type = asked.get('type') ?? '';
  return {
    type: types.some((each) => each.name === type) ? type : 'shell',
    image: asked.get('image') ?? '',
  };
}

/** On the same host, where its volumes are. */
function likeAgent(app: App, actor: Actor, id: string): Fields {
  const { type, host, input } = app.services.agents.get(actor, id);
  return { ...fieldsFrom(input), type, host, name: '' };
}

function editedAgent(app: App, actor: Actor, id: string | null): Edited | null {
  if (id === null || id === '') return null;
  const agent = app.services.agents.get(actor, id);
  const { name, type, host } = agent;
  return {
    id: agent.id,
    name,
    type,
    host,
    hasContainer: agent.containerId !== null,
    before: filled({ ...fieldsFrom(agent.input), name, type, host }),
  };
}
