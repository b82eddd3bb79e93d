/** The texts of the log view, in English. */
import { LOG_LEVELS, type LogLevel } from '#lib/domain/log-level.ts';

const number = (n: number) => n.toLocaleString('en');
const count = (n: number, one: string, many: string) => `${number(n)} ${n === 1 ? one : many}`;

const LEVELS = {
  trace: 'Trace',
  debug: 'Debug',
  info: 'Info',
  warn: 'Warning',
  error: 'Error',
  fatal: 'Fatal',
  unknown: 'No level',
} as const satisfies Record<LogLevel, string>;

const TIMES = { local: 'Local time', utc: 'UTC', relative: 'Time ago', off: 'No times' } as const;

export const v = {
  toolbar: 'Log',
  find: 'Find in the log',
  hits: (at: number, all: number, scanning: boolean) =>
    `${at === 0 ? number(all) : `${number(at)} of ${number(all)}`}${scanning ? ' so far' : ''}`,
  noHits: 'none',
  next: 'Next match',
  previous: 'Previous match',
  modes: { find: 'All lines', only: 'Only matches', without: 'Without matches' },
  mode: 'Show',
  levels: 'Levels',
  level: (level: LogLevel) => LEVELS[level],
  levelOptions: LOG_LEVELS.map((value) => ({ value, label: LEVELS[value] })),
  streams: { both: 'Both streams', stdout: 'Output only', stderr: 'Errors only' },
  stream: 'Stream',
  times: TIMES,
  timesAs: (mode: keyof typeof TIMES) => `Times: ${TIMES[mode]}`,
  wrap: 'Wrap',
  unwrap: 'Do not wrap',
  follow: 'Follow',
  more: 'More of the log',
  searchAll: 'Search all of it',
  downloads: {
    text: 'Download as text',
    jsonl: 'Download as JSON lines',
    gzip: 'Download, compressed',
    filtered: 'Download what is shown',
  },
  clear: 'Clear the screen',
  full: 'Full height',
  unfull: 'Leave full height',
  apply: 'Apply',
  newer: (n: number) => (n === 0 ? 'To the newest lines' : count(n, 'newer line', 'newer lines')),
  states: { live: 'Live', ended: 'Ended', waiting: 'Waiting for the host' },
  heads: {
    none: '',
    more: 'Earlier lines',
    loading: 'Loading earlier lines',
    begin: 'The log begins here',
    cleared: 'Earlier lines are put away',
    failed: 'Earlier lines could not be loaded',
  },
  showEarlier: 'Show them',
  tryAgain: 'Try again',
  skipped: 'Lines were skipped here: they came too fast',
  load: 'Load them',
  gap: (span: string) => `Output of ${span} is missing: the engine no longer had it`,
  cut: 'cut at 64 KB',
  stderr: 'error stream: ',
  levelOf: (level: LogLevel) => `${LEVELS[level].toLowerCase()}: `,
  fields: 'Fields of this line',
  stack: (n: number) => count(n, 'more line', 'more lines'),
  fold: 'Lines that belong to this one',
  filterBy: (name: string, value: string) => `Only lines with ${name} ${value}`,
  fieldFilter: (name: string, value: string) => `${name}: ${value}`,
  dropFilter: (name: string) => `Drop the filter on ${name}`,
  filters: 'Filters by field',
  noMatch: 'No line that is loaded matches.',
  dropAll: 'Show all lines',
  shown: (n: number, scanning: boolean) =>
    `${count(n, 'line', 'lines')}${scanning ? ' so far' : ''} of those that are loaded`,
  scanning: 'Looking through the lines',
  lineMissing: 'That line is no longer kept.',
  selected: (time: string) => `Line of ${time}`,
  copyLine: 'Copy line',
  copyLink: 'Copy link',
  copied: 'Copied',
  notCopied: 'Copying was refused by the browser',
  unselect: 'Close',
  selectedBar: 'The chosen line',
} as const;
