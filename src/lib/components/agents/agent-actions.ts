/** Which buttons an agent has, in a row, in its header and in its menu: from the commands that its state allows. Pure. */
import type { AgentCommand } from '#lib/domain/agent-state.ts';
import type { AgentView } from '#lib/protocol/views.ts';
import { t } from '#lib/text/en.ts';
import type { IconName } from '../ui/icon-names.ts';

export interface AgentAction {
  readonly command: AgentCommand;
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

const action = (
  command: AgentCommand,
  icon: IconName | null,
  word: string,
  label: string,
  tip: string,
): AgentAction => ({
  command,
  icon,
  word,
  label,
  tip,
  asWord: icon === null,
});

/** The one thing that a row offers to do: stop it, start it, or take back what is going on. Null when there is nothing to do. */
export function mainAction(agent: About): AgentAction | null {
  const can = (command: AgentCommand) => agent.can.includes(command);
  const { name, state } = agent;
  if (state === 'stopping')
    return can('cancel')
      ? action('cancel', null, verbs.undo, `${verbs.undo}: ${act.stop(name)}`, tips.undo)
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
  kill: 'close',
  remove: 'delete',
  snapshot: 'snapshot',
  cancel: 'undo',
} as const satisfies Record<AgentCommand, IconName>;

const IN_HEADER: readonly AgentCommand[] = ['cancel', 'start', 'resume', 'stop', 'restart', 'snapshot'];

/** Everything the state allows, in the order in which it is shown; `header` for its page's buttons, `more` for the menu. */
export function allActions(agent: About): {
  readonly header: readonly AgentAction[];
  readonly more: readonly AgentAction[];
} {
  const make = (command: AgentCommand) => {
    const word = command === 'cancel' && agent.state === 'stopping' ? verbs.undo : verbs[command];
    return action(command, ICONS[command], word, `${word} ${agent.name}`, word);
  };
  return {
    header: IN_HEADER.filter((command) => agent.can.includes(command)).map(make),
    more: agent.can.filter((command) => !IN_HEADER.includes(command)).map(make),
  };
}

/** The commands that every one of these agents allows. */
export function sharedCommands(agents: readonly Pick<AgentView, 'can'>[]): readonly AgentCommand[] {
  const [first, ...others] = agents;
  return first === undefined
    ? []
    : first.can.filter((command) => others.every((agent) => agent.can.includes(command)));
}
