/** The texts of terminals and messages, in English. */
import type { TerminalEnd, TerminalView } from '#lib/protocol/terminal.ts';

const ENDS = {
  exit: 'The program has ended.',
  ended: 'Somebody ended this session, and the program with it.',
  unwatched: 'Nobody looked for 15 minutes, so it was ended.',
  container: 'The container has ended, and this session with it.',
  connection: 'The connection to the engine broke. What ran may go on inside.',
  restart: 'Slipway was restarted, which ends terminal sessions.',
} as const satisfies Record<TerminalEnd, string>;

type Program = Pick<TerminalView, 'command' | 'user'>;

const program = ({ command, user }: Program) => {
  const words = command.length === 0 ? 'Main process' : command.join(' ');
  return user === null ? words : `${words} (${user})`;
};

export const terminalWords = {
  tab: 'Terminal',
  program,
  sessions: 'Sessions of this agent',
  none: 'No session is open',
  noneText: 'A shell runs beside the main process. It goes on when you leave this page, for 15 minutes.',
  open: 'Open a shell',
  openOther: 'Other program',
  attach: 'Main process',
  attachTip: 'Type into the main process itself. It goes on when the session ends.',
  command: 'Program',
  commandHelp: 'As on a command line, without shell syntax. Left empty: bash, or sh.',
  user: 'User',
  userHelp: 'Name or number. Left empty: that of the container.',
  record: 'Record what is shown',
  start: 'Start',
  close: 'Close',
  join: (view: Program) => `Show ${program(view)}`,
  by: (actor: string) => `by ${actor}`,
  viewers: (n: number) => (n === 1 ? '1 looks at it' : `${n} look at it`),
  end: 'End session',
  again: 'New session',
  ended: (end: TerminalEnd | null, code: number | null) =>
    `${end === null ? 'The session is over.' : ENDS[end]}${code === null ? '' : ` Exit code ${code}.`}`,
  waiting: 'The engine is away. The session goes on when it is back.',
  lost: 'The connection to Slipway is lost. The session goes on there.',
  readOnly: 'Read only',
  readOnlyTip: 'You may watch this session. Typing needs the role operator.',
  notAllowed: 'Opening a terminal needs the role operator. You may watch the sessions of others.',
  recording: 'Recording',
  screen: (agent: string) => `Terminal of ${agent}`,
  search: 'Search in the terminal',
  searchNext: 'Next match',
  searchPrevious: 'Previous match',
  find: 'Search',
  fontSmaller: 'Smaller text',
  fontLarger: 'Larger text',
  fullScreen: 'Full screen',
  copy: 'Copy selection',
  paste: 'Paste',
  keys: 'Keys that a phone lacks',
  key: { escape: 'Esc', tab: 'Tab', control: 'Ctrl', left: 'Left', up: 'Up', down: 'Down', right: 'Right' },
  past: 'Past sessions',
  replay: 'Replay',
  replayOf: (view: Program) => `Recording of ${program(view)}`,
  download: 'Download',
  delete: 'Delete recording',
  deleteSure: 'Delete this recording?',
  deleteText: 'The recording goes for good. That the session was there stays in the history.',
  play: 'Play',
  pause: 'Pause',
  position: 'Position',
  speed: 'Speed',
  at: (seconds: number, all: number) => `${Math.floor(seconds)} s of ${Math.ceil(all)} s`,
  stopped: (name: string) => `${name} does not run`,
  stoppedText: 'A terminal needs a container that runs.',
  startAgent: 'Start it',
  noScript: 'A terminal needs JavaScript. Without it, use the docker CLI on the host:',
  noScriptApi: 'Or run single programs over the API: POST /api/agents/…/exec.',
} as const;

export const messageWords = {
  label: (name: string) => `Message to ${name}`,
  placeholder: 'Text for its standard input',
  send: 'Send',
  help: 'Ctrl+Enter sends, the arrow keys bring back what was sent before.',
  sent: (bytes: number) => `Sent, ${bytes} bytes.`,
} as const;
