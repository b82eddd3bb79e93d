import { AppError } from '#lib/domain/errors.ts';
import { REMOVE_GRACE_MS, STOP_DELAY_MS } from '#lib/protocol/stop-delay.ts';
import type { AgentService } from '../services/agents.ts';
import type { Actor } from '../services/access.ts';
import { action, type Door } from './doors.ts';
import { redirect, type RequestEvent } from '@sveltejs/kit';

type Verb = (agents: AgentService, actor: Actor | null, id: string) => unknown;

const VERBS = {
  start: (agents, actor, id) => agents.start(actor, id),
  revive: (agents, actor, id) => agents.start(actor, id, { fromSnapshot: true }),
  stop: (agents, actor, id) => agents.stop(actor, id, { delay: STOP_DELAY_MS }),
  stopWithSnapshot: (agents, actor, id) => agents.stop(actor, id, { delay: STOP_DELAY_MS, snapshot: true }),
  restart: (agents, actor, id) => agents.restart(actor, id),
  pause: (agents, actor, id) => agents.pause(actor, id),
  resume: (agents, actor, id) => agents.resume(actor, id),
  cancel: (agents, actor, id) => agents.cancel(actor, id),
  remove: (agents, actor, id) => agents.remove(actor, id, { force: true, grace: REMOVE_GRACE_MS }),
  removeNow: (agents, actor, id) => agents.remove(actor, id, { force: true }),
  keepAlive: (agents, actor, id) => agents.keepAlive(actor, id),
} as const satisfies Record<string, Verb>;

/** The verbs as form actions, with the agent in the field `id` (or in the address). They answer at once; progress comes live. */
export const verbActions = {
  start: verb('start'),
  revive: verb('revive'),
  stop: verb('stop'),
  stopWithSnapshot: verb('stopWithSnapshot'),
  restart: verb('restart'),
  pause: verb('pause'),
  resume: verb('resume'),
  /** Fields `signal` and `other`, which wins; SIGKILL without them. */
  kill: action(async (door, form) => {
    const signal = (text(form.get('other')) ?? text(form.get('signal')))?.toUpperCase();
    const input = signal === undefined ? {} : { signal };
    const agent = await door.app.services.agents.kill(door.actor, agentIn(door, form), input);
    return { done: 'kill', agent };
  }),
  cancel: verb('cancel'),
  remove: verb('remove'),
  removeNow: verb('removeNow'),
  keepAlive: verb('keepAlive'),
  rename: action(async (door, form) => {
    const name = text(form.get('name')) ?? '';
    const agent = await door.app.services.agents.rename(door.actor, agentIn(door, form), { name });
    return { done: 'rename', agent };
  }),
  /**
   * Fields `memory`, `cpu`, `pids`, `restart`, `restartTries`, `idleMode`, `idleTimeout`, `ttl`, `notes`, `color`. What is not sent stays, and
   * so does what equals `was-` and its name: the form sends everything, and only what somebody changed is a change.
   */
  update: action(async (door, form) => {
    const agent = await door.app.services.agents.update(door.actor, agentIn(door, form), updateFrom(form));
    return { done: 'update', agent };
  }),
  clone: action(async (door, form) => {
    const name = text(form.get('name'));
    const input = name === null ? {} : { name };
    const agent = await door.app.services.agents.clone(door.actor, agentIn(door, form), input);
    return { done: 'clone', agent };
  }),
  crashCopy: action(async (door, form) => {
    const agent = await door.app.services.crashes.openCopy(door.actor, agentIn(door, form));
    return redirect(303, `/agents/${agent.id}`);
  }),
  /** Field `message`: to the standard input of its main process. Browsers end lines in forms as the network does; agents do not. */
  send: action(async (door, form) => {
    const { app, actor } = door;
    const given = form.get('message');
    const message = typeof given === 'string' ? given.replaceAll('\r\n', '\n') : '';
    const sent = await app.services.messages.send(actor, agentIn(door, form), { message });
    return { done: 'send', ...sent };
  }),
  snapshot: action(async (door, form) => {
    const { app, actor } = door;
    const name = text(form.get('name'));
    const comment = text(form.get('comment')) ?? '';
    // a box that is not ticked sends nothing: the form says beside it that there was one
    const pause = form.has('has-pause') ? form.has('pause') : form.get('pause') !== 'false';
    const volumes = form.get('volumes') === 'true';
    const input = { ...(name === null ? {} : { name }), comment, pause, volumes };
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

/** The fields of the form as the API's input. An empty one is left as it is; `unlimited` and `none` take a limit away. */
function updateFrom(form: FormData): Readonly<Record<string, unknown>> {
  const isAsItWas = (name: string) => {
    const was = form.get(`was-${name}`);
    return was !== null && was === form.get(name);
  };
  const given = (name: string) => (isAsItWas(name) ? undefined : (text(form.get(name)) ?? undefined));
  /** Also an empty one is a wish. */
  const free = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' && !isAsItWas(name) ? value : undefined;
  };
  const part = (entries: Readonly<Record<string, unknown>>) => {
    const said = Object.entries(entries).filter(([, value]) => value !== undefined);
    return said.length === 0 ? undefined : Object.fromEntries(said);
  };
  const pids = given('pids');
  const color = free('color');
  return (
    part({
      resources: part({
        memory: given('memory'),
        cpu: given('cpu'),
        pids: pids !== undefined && /^\d+$/.test(pids) ? Number(pids) : pids,
      }),
      restart: isAsItWas('restart') && isAsItWas('restartTries') ? undefined : restartFrom(form),
      idle: part({ mode: given('idleMode'), timeout: given('idleTimeout') }),
      ttl: given('ttl'),
      notes: free('notes')?.replaceAll('\r\n', '\n'),
      color: color === '' ? null : color,
    }) ?? {}
  );
}

function restartFrom(form: FormData): string | undefined {
  const name = text(form.get('restart'));
  if (name === null) return undefined;
  const tries = text(form.get('restartTries'));
  return name === 'on-failure' && tries !== null && tries !== '0' ? `${name}:${tries}` : name;
}

function text(value: FormDataEntryValue | null): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
