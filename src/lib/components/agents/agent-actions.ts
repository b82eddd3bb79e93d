/** Which buttons an agent has, in a row, in its header and in its menu: from the commands that its state allows. Pure. */
import type { AgentCommand } from '#lib/domain/agent-state.ts';
import type { AgentView } from '#lib/protocol/views.ts';
import { t } from '#lib/text/en.ts';
import type { IconName } from '../ui/icon-names.ts';
import type { MenuItem } from '../ui/menu-items.ts';

/** What a page can ask for: the commands of the state machine, some of them in another way, and another agent of the same kind. */
export type AgentVerb = AgentCommand | 'removeNow' | 'clone' | 'stopWithSnapshot';

export interface AgentAction {
  readonly command: AgentVerb;
  /** The word of a button with text. */
  readonly word: string;
  readonly icon: IconName | null;
  /** Names the agent too: the name of an icon button. */
  readonly label: string;
  readonly tip: string;
  /** Shown as a word, without an icon: it answers what is going on. */
  readonly asWord: boolean;
}

type About = Pick<AgentView, 'name' | 'state' | 'can'>;

const { verbs, tips, act } = t.agents;

const action = <Verb extends AgentVerb>(
  command: Verb,
  icon: IconName | null,
  word: string,
  label: string,
  tip: string,
) => ({ command, icon, word, label, tip, asWord: icon === null });

/** The one thing that a row offers to do: stop it, start it, or take back what is going on. Null when there is nothing to do. */
export function mainAction(agent: About): (AgentAction & { readonly command: AgentCommand }) | null {
  const can = (command: AgentCommand) => agent.can.includes(command);
  const { name, state } = agent;
  if (state === 'stopping' || state === 'removing')
    return can('cancel')
      ? action(
          'cancel',
          null,
          verbs.undo,
          `${verbs.undo}: ${state === 'stopping' ? act.stop(name) : act.remove(name)}`,
          tips.undo,
        )
      : null;
  if (can('cancel'))
    return action('cancel', null, verbs.cancel, `${verbs.cancel}: ${act.start(name)}`, tips.cancel);
  if (can('resume')) return action('resume', 'start', verbs.resume, act.resume(name), tips.resume);
  const ended = state === 'crashed' || state === 'failed';
  if (can('start')) {
    return ended
      ? action('start', 'restart', verbs.start, act.again(name), tips.again)
      : action('start', 'start', verbs.start, act.start(name), tips.start);
  }
  return can('stop') ? action('stop', 'stop', verbs.stop, act.stop(name), tips.stop) : null;
}

const ICONS = {
  start: 'start',
  stop: 'stop',
  restart: 'restart',
  pause: 'pause',
  resume: 'start',
  kill: 'signal',
  remove: 'delete',
  removeNow: 'delete',
  stopWithSnapshot: 'snapshot',
  snapshot: 'snapshot',
  rename: 'edit',
  update: 'rules',
  recreate: 'settings',
  clone: 'clone',
  cancel: 'undo',
} as const satisfies Record<AgentVerb, IconName>;

const IN_HEADER: readonly AgentVerb[] = [
  'cancel',
  'removeNow',
  'start',
  'resume',
  'stop',
  'restart',
  'snapshot',
];
const IN_MENU: readonly AgentVerb[] = [
  'stopWithSnapshot',
  'pause',
  'rename',
  'update',
  'recreate',
  'clone',
  'kill',
  'remove',
];

/** Everything the state allows, in the order in which it is shown; `header` for its page's buttons, `more` for the menu. */
export function allActions(agent: About): {
  readonly header: readonly AgentAction[];
  readonly more: readonly AgentAction[];
} {
  const takesBack = agent.state === 'stopping' || agent.state === 'removing';
  const make = (command: AgentVerb): AgentAction => {
    const word = command === 'cancel' && takesBack ? verbs.undo : verbs[command];
    return action(command, ICONS[command], word, `${word} ${agent.name}`, word);
  };
  const can = (verb: AgentVerb) => {
    // while it can be taken back it can also be hurried
    if (verb === 'removeNow') return agent.state === 'removing' && agent.can.includes('cancel');
    if (verb === 'stopWithSnapshot') return agent.can.includes('stop') && agent.can.includes('snapshot');
    return verb === 'clone' || agent.can.includes(verb);
  };
  return { header: IN_HEADER.filter(can).map(make), more: IN_MENU.filter(can).map(make) };
}

/** The verbs that ask for something first have an address: a dialog of the agent's page (`?do=`), or the form for new agents. */
const DIALOGS: readonly AgentVerb[] = ['rename', 'update', 'kill'];

/** `page` is the address of the agent's page, or '' on that page itself. Null: it acts at once. */
export function hrefOf(verb: AgentVerb, agentId: string, page: string): string | null {
  if (verb === 'recreate') return `/agents/new?edit=${agentId}`;
  if (verb === 'clone') return `/agents/new?from=${agentId}`;
  return DIALOGS.includes(verb) ? `${page}?do=${verb}` : null;
}

/** Actions as lines of a menu: links for those with an address, submit buttons of `form` for the others. */
export function menuLines(
  actions: readonly AgentAction[],
  agentId: string,
  to: {
    readonly form: string;
    readonly action: string;
    readonly page: string;
    readonly onverb?: ((verb: AgentVerb) => void) | undefined;
  },
): readonly MenuItem[] {
  const firstDanger = actions.find((each) => isDanger(each.command))?.command;
  return actions.map(({ command, word, icon }): MenuItem => {
    const href = hrefOf(command, agentId, to.page);
    return {
      id: command,
      label: word,
      ...(icon === null ? {} : { icon }),
      ...(isDanger(command) ? { danger: true } : {}),
      ...(command === firstDanger && actions.length > 2 ? { divided: true } : {}),
      ...(href === null
        ? {
            submit: { form: to.form, action: `${to.action}?/${command}`, name: 'id', value: agentId },
            ...(to.onverb ? { onselect: () => to.onverb?.(command) } : {}),
          }
        : { href }),
    };
  });
}

function isDanger(verb: AgentVerb): boolean {
  return verb === 'remove' || verb === 'kill';
}
