/** The texts of the page of logs: search, merged view and side by side, in English. */
const count = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
const megabytes = (bytes: number) =>
  bytes < 100_000
    ? `${Math.ceil(bytes / 1000)} kB`
    : `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;

export const searchWords = {
  title: 'Logs',
  ways: 'Ways to look at logs',
  modes: { search: 'Search', live: 'Live', split: 'Side by side' },

  field: 'Search all logs',
  fieldHint: 'Words, or a regular expression',
  regex: 'Regular expression',
  go: 'Search',
  filters: {
    agent: 'Agent',
    type: 'Type',
    tag: 'Tag',
    host: 'Host',
    level: 'Level',
    stream: 'Stream',
    span: 'Time',
  },
  streams: { '': 'both', stdout: 'output', stderr: 'errors' },
  spans: {
    '': 'any',
    '15m': 'last 15 minutes',
    '1h': 'last hour',
    '24h': 'last 24 hours',
    '7d': 'last 7 days',
  },
  levels: {
    trace: 'Trace',
    debug: 'Debug',
    info: 'Info',
    warn: 'Warning',
    error: 'Error',
    fatal: 'Fatal',
    unknown: 'Unknown',
  },
  from: (time: string) => `From ${time}`,
  to: (time: string) => `Until ${time}`,
  anyTime: 'Any time',
  removed: 'removed',
  removedName: (name: string) => `${name} (removed)`,

  results: 'Lines found',
  hits: (n: number) => count(n, 'line', 'lines'),
  newestFirst: 'newest first',
  scanned: (bytes: number, total: number) => `${megabytes(bytes)} of ${megabytes(total)} looked through`,
  scannedTo: (time: string) => `back to ${time}`,
  scannedAll: (bytes: number) => `${megabytes(bytes)} looked through`,
  waiting: 'Other searches go first',
  progress: 'How far the search is',
  cancel: 'Cancel the search',
  cancelled: 'Cancelled.',
  goOn: 'Search further back',
  ended: 'No older line.',
  outOfTime: 'It took long, so this is what was found in time.',
  unreadable: (files: number) =>
    `${count(files, 'file of the archive', 'files of the archive')} could not be read: lines are missing here.`,
  openLine: (agent: string) => `Open in the log of ${agent}`,
  context: 'Lines around it',
  contextOf: (agent: string, time: string) => `Lines around ${time} of ${agent}`,
  contextNone: 'The lines around it are gone.',
  none: 'No line has it.',
  noneText:
    'Small letters find capitals too; a capital letter finds only itself. Take a filter away, or look further back.',
  askTitle: 'Everything that agents have printed can be searched, also of removed ones.',
  askText:
    'Type words, or choose an agent, a level or a time. Newest lines come first, while the search goes on.',
  askCommand: (origin: string) =>
    `curl -H 'Authorization: Bearer …' '${origin}/api/logs/search?q=error&level=error'`,

  live: {
    find: 'Agents',
    findHint: 'Name, tag, type or image',
    all: 'All agents that run',
    label: 'Lines of several agents',
    following: (n: number) => count(n, 'agent', 'agents'),
    tooMany: (shown: number, all: number) =>
      `${shown} of ${all} agents are followed: narrow it down to see the others.`,
    noneTitle: 'No agent that runs fits.',
    noneText: 'The lines of all agents that fit come here in the order of time, each with its agent.',
    waiting: 'Nothing was printed yet.',
    script: 'Live lines need JavaScript. Each agent has its newest lines on its own page.',
  },
  split: {
    label: (name: string) => `Log of ${name}`,
    choose: 'Choose two to four agents to see their logs beside each other.',
    chooseText: 'The choice stands in the address, so it can be saved and sent.',
    more: (most: number) => `At most ${most} stand beside each other.`,
    close: (name: string) => `Take ${name} away`,
    empty: 'No output yet.',
  },
} as const;
