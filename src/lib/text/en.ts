/**
 * Every text of the interface, in English. A second language is a second module of the type `Texts`.
 * Sentences say why and what next; no capitals, no "Something went wrong". Functions take what they name.
 */
import { formatBytes } from '../domain/quantities.ts';

const count = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

export const t = {
  locale: 'en',
  app: 'Slipway',

  ui: {
    apply: 'Apply',
    cancel: 'Cancel',
    close: 'Close',
    copied: 'Copied',
    copy: 'Copy',
    copyCommand: 'Copy the command',
    dismiss: 'Dismiss',
    failed: 'The browser did not allow it',
    goes: 'Goes for good:',
    hide: 'Hide',
    more: 'More',
    retry: 'Retry',
    show: 'Show',
    stays: 'Stays:',
    /** For what is not known. Never a zero. */
    unknown: '–',
  },

  time: {
    now: 'now',
    seconds: (n: number) => `${n} s`,
    minutes: (n: number) => `${n} min`,
    hours: (n: number) => `${n} h`,
    days: (n: number) => `${n} d`,
    asOf: (clock: string) => `as of ${clock}`,
  },

  problem: {
    details: 'Details',
    atStep: (step: string) => `At the step "${step}".`,
    engineSaid: (status: number | null) =>
      status === null ? 'The engine said:' : `The engine said (${status}):`,
    lastOutput: 'Its last output:',
  },

  nav: {
    label: 'Main',
    skip: 'Skip to the content',
    overview: 'Overview',
    agents: 'Agents',
    activity: 'Activity',
    settings: 'Settings',
    more: 'More',
    signOut: 'Sign out',
    needYou: (n: number) => count(n, 'needs you', 'need you'),
    hosts: (online: number, total: number) =>
      total === 1 ? (online === 1 ? '1 host' : '1 host, offline') : `${online} of ${total} hosts`,
    newAgent: 'New agent',
  },

  live: {
    live: 'Live',
    connecting: 'Connecting',
    lost: 'No connection',
    since: (clock: string) => `No connection since ${clock}`,
    nextTry: (span: string) => `next try in ${span}`,
    trying: 'trying now',
    tryNow: 'Try now',
  },

  palette: {
    open: 'Find or do',
    title: 'Find or do',
    placeholder: 'An agent, a page, something to do',
    none: 'Nothing has that name.',
    groups: { agents: 'Agents', pages: 'Pages', actions: 'Actions' },
    results: (n: number) => count(n, 'result', 'results'),
  },

  keys: {
    title: 'Keys',
    find: 'Find or do',
    search: 'Search this page',
    help: 'This list',
    rows: 'Next and previous row',
    open: 'Open the row',
    log: 'Its log',
    stop: 'Stop or start it',
    select: 'Select it',
    clear: 'Clear the selection, close what is open',
    groups: { everywhere: 'Everywhere', lists: 'In a list' },
  },

  theme: {
    label: 'Theme',
    light: 'Light',
    dark: 'Dark',
    system: 'As the system',
    use: (name: string) => `Theme: ${name}`,
  },

  agent: {
    ready: 'Ready',
    paused: 'Paused',
    removed: 'Removed',
    failed: 'Failed to start',
    crashed: (code: string) => `Crashed${code}`,
    crashedOom: (code: string) => `Crashed${code}, OOM`,
    exited: (code: number) => `Exited ${code}`,
    stopped: 'Stopped',
    stoppedBy: (user: string) => `Stopped by ${user}`,
    stoppedBecause: (reason: string) => `Stopped, ${reason}`,
    stoppedFor: {
      idle: 'Stopped, idle',
      ttl: 'Stopped, age limit',
      external: 'Stopped from outside',
      'host restart': 'Stopped, host restarted',
    },
    stopping: 'Stopping',
    stoppingIn: (seconds: number) => `Stopping, ${seconds} s`,
    killing: 'Stopping, killing',
    unreachableWas: (state: string) => `Unreachable, was ${state}`,
    waitingInput: 'Waiting for input',
    needsLogin: 'Needs login',
    stalled: 'Stalled',
    limit: 'Near a limit',
    memoryAt: (percent: number) => `Memory ${percent} %`,
    doneUnseen: 'Done, not seen yet',
    percent: (word: string, percent: number) => `${word} ${percent} %`,
    /** The states in which our own work goes on, before its step is known. */
    working: {
      queued: 'Queued',
      preparing: 'Preparing',
      creating: 'Creating',
      starting: 'Starting',
      restarting: 'Restarting',
      removing: 'Removing',
    },
    /** The steps of operations while they run. */
    steps: {
      validate: 'Checking',
      image: 'Getting the image',
      pull: 'Pulling',
      build: 'Building',
      network: 'Making the network',
      volumes: 'Making volumes',
      create: 'Creating',
      start: 'Starting',
      ready: 'Waiting until ready',
      stop: 'Stopping',
      remove: 'Removing',
      commit: 'Taking a snapshot',
      snapshot: 'Taking a snapshot',
    },
    /** What was asked for and not yet answered. */
    pending: {
      start: 'Starting',
      stop: 'Stopping',
      restart: 'Restarting',
      pause: 'Pausing',
      resume: 'Resuming',
      kill: 'Killing',
      remove: 'Removing',
      snapshot: 'Taking a snapshot',
      cancel: 'Taking it back',
    },
    was: {
      queued: 'queued',
      preparing: 'preparing',
      creating: 'being created',
      starting: 'starting',
      ready: 'ready',
      stopping: 'stopping',
      stopped: 'stopped',
      removing: 'being removed',
      removed: 'removed',
      paused: 'paused',
      restarting: 'restarting',
      failed: 'failed',
      crashed: 'crashed',
      exited: 'exited',
    },
    causeOom: (limit: number | null) =>
      limit === null
        ? 'The host had no memory left for it.'
        : `It reached its limit of ${formatBytes(limit)}.`,
    causeCode: (code: number, meaning: string | undefined) =>
      meaning === undefined
        ? `Its main process ended with code ${code}.`
        : `Its main process ended with code ${code}: ${meaning}.`,
    codes: {
      1: 'a general error of the program',
      2: 'it did not understand its arguments',
      125: 'the engine could not run it',
      126: 'the command cannot be executed',
      127: 'the command was not found',
      130: 'interrupted (SIGINT)',
      134: 'it aborted (SIGABRT)',
      137: 'killed (SIGKILL)',
      139: 'a memory fault (SIGSEGV)',
      143: 'ended by SIGTERM',
    },
    ranks: { need: 'Needs you', broken: 'Broken', work: 'Working', ready: 'Ready', rest: 'At rest' },
    /** The words of the counts: "2 working, 9 ready". */
    counts: {
      need: 'need you',
      broken: 'broken',
      work: 'working',
      ready: 'ready',
      rest: 'at rest',
      unreachable: 'unreachable',
    },
    types: {
      shell: 'Shell',
      claude: 'Claude',
      codex: 'Codex',
      gemini: 'Gemini',
      aider: 'Aider',
      custom: 'Custom',
    },
    untagged: 'Without this tag',
    typeOn: (type: string, host: string) => `${type} on ${host}`,
    up: (span: string) => `up ${span}`,
  },

  agents: {
    table: 'Agents',
    columns: {
      state: 'State',
      name: 'Name',
      type: 'Type',
      host: 'Host',
      cpu: 'CPU, 10 min',
      memory: 'Memory of limit',
      output: 'Last output',
      active: 'Active',
      up: 'Up',
      actions: 'Actions',
    },
    selectAll: 'Select all',
    select: (name: string) => `Select ${name}`,
    neverRan: 'never ran',
    lastSeen: (clock: string) => `last seen ${clock}:`,
    memoryOf: (used: string, limit: string | null) =>
      limit === null ? `${used}, no limit` : `${used} of ${limit}`,
    selected: (n: number) => `${n} selected`,
    onHost: (names: string, host: string) => `${names} on ${host}`,
    andMore: (names: string, n: number) => `${names} and ${n} more`,
    clears: 'Esc clears',
    clear: 'Clear the selection',
    selection: 'Selection',
    act: {
      log: (name: string) => `Log of ${name}`,
      stop: (name: string) => `Stop ${name}`,
      start: (name: string) => `Start ${name}`,
      again: (name: string) => `Start ${name} again`,
      resume: (name: string) => `Resume ${name}`,
      more: (name: string) => `More for ${name}`,
      dismiss: (name: string) => `Dismiss ${name}`,
    },
    tips: {
      log: 'Log (l)',
      stop: 'Stop (s)',
      start: 'Start (s)',
      again: 'Start again (s)',
      resume: 'Resume (s)',
      more: 'More',
      undo: 'Undo',
      cancel: 'Cancel',
    },
    verbs: {
      start: 'Start',
      stop: 'Stop',
      restart: 'Restart',
      pause: 'Pause',
      resume: 'Resume',
      kill: 'Kill',
      remove: 'Remove…',
      snapshot: 'Snapshot',
      cancel: 'Cancel',
      undo: 'Undo',
      log: 'Log',
      retry: 'Retry',
    },
    answer: (name: string) => `Answer ${name}`,
    orType: 'or type an answer',
  },

  log: {
    label: (name: string) => `Log of ${name}`,
    toolbar: 'Log',
    newer: (n: number) => count(n, 'newer line', 'newer lines'),
    skipped: (n: number) => `Skipped ${count(n, 'line', 'lines')}`,
    error: 'error: ',
    wrap: 'Wrap',
    follow: 'Follow',
    download: 'Download',
    times: { local: 'Local time', utc: 'UTC', off: 'No times' },
    states: { live: 'Live', ended: 'Ended', waiting: 'Waiting for the host' },
  },

  chart: {
    cpu: 'CPU',
    memory: 'Memory',
    now: 'now',
    ofCores: (cores: number) => `% of ${cores} ${cores === 1 ? 'core' : 'cores'}`,
    ofOneCore: '% of one core',
    limit: 'limit',
    none: 'Nothing measured yet.',
    at: (value: string, clock: string) => `${value} at ${clock}`,
  },

  operation: {
    steps: {
      validate: 'Check the input',
      image: 'Image',
      pull: 'Pull the image',
      build: 'Build the image',
      network: 'Network',
      volumes: 'Volumes',
      create: 'Create the container',
      start: 'Start it',
      ready: 'Wait until it is ready',
      countdown: 'Wait, in case it is taken back',
      stop: 'Stop it',
      restart: 'Restart it',
      cancel: 'End what was going on',
      record: 'Write it down',
      remove: 'Remove the container',
      commit: 'Write the image',
    },
    notReached: 'not reached',
    stepStates: {
      waiting: 'waiting',
      running: 'running',
      done: 'done',
      skipped: 'not needed',
      failed: 'failed',
    },
  },

  host: {
    states: {
      connecting: 'connecting',
      online: 'online',
      degraded: 'degraded',
      offline: 'offline',
      disabled: 'disabled',
    },
    since: (clock: string) => `since ${clock}`,
    agents: (n: number) => count(n, 'agent', 'agents'),
    engine: (version: string, cpus: number, memory: number) =>
      `Engine ${version}, ${count(cpus, 'core', 'cores')}, ${formatBytes(memory)}`,
  },

  auth: { ownHosts: 'Runs on your own hosts', version: (v: string) => `Slipway ${v}` },
} as const;

/** @public the shape of a second language */
export type Texts = typeof t;
