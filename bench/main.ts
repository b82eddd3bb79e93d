/**
 * Measures what Slipway promises about its speed. It never fails for a slow figure: it says what it saw, and a person compares. Started by
 * scripts/bench.mjs, which makes sure of the build and the programs.
 */
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { whyNoTestEngine } from '../scripts/test-engine.ts';
import { measureDiff } from './diff.ts';
import { measureExport } from './export.ts';
import { measureFiles } from './files.ts';
import { measureList } from './list.ts';
import { measureLogs } from './logs.ts';
import { measureLogView } from './log-view.ts';
import { measureMemory } from './memory.ts';
import { measureMetrics } from './metrics.ts';
import { measureParallel } from './parallel.ts';
import { measureRest } from './rest.ts';
import { table, writeResults, type MeasuredPart, type PartReport } from './report.ts';
import { measureSearch } from './search.ts';
import type { SiteOptions } from './site.ts';
import { measureSnapshots } from './snapshots.ts';
import { measureSsh } from './ssh.ts';
import { measureSpawn } from './spawn.ts';
import { measureTerminal } from './terminal.ts';
import { measureVisit } from './visit.ts';

const RESULTS = path.join(import.meta.dirname, 'results');
const HELP = `npm run bench -- [spawn] [parallel] [list] [rest] [visit] [diff] [snapshots] [export] [files] [logs] [log-view] [search] [ssh] [metrics] [terminal] [memory] [options]     without a part: all of them
  spawn   until a container runs: the API against docker run
            --pairs 20           rounds after the warm-up
            --floor              also create and start alone, straight to the engine
  parallel  many at once: the API against docker run, all sent together
            --together 30        containers in a round
            --rounds 5           of each kind, after one to warm up
  list    /agents: time of the server, calls to the engine
            --agents 200         running agents
            --requests 100       for each address
  rest    what watching costs while nothing happens
            --rest-agents 500    running agents
            --seconds 60         of watching
  visit   /agents in Chromium: bytes and first paint
            --visit-agents 50    running agents
            --visits 5           each with an empty cache
  diff    the files of two images compared, without an engine
            --files 50000        of each
            --diffs 5            after one to warm up
  snapshots  a snapshot and a fork: the API against docker commit and docker run
            --forks 15           of each kind, after one to warm up
  export  a large snapshot as a file: time, and growth of the server's memory
            --mib 1024           that the agent has written
            --exports 3
  ssh     a large file by sftp, down and up, against docker cp
            --sftp-mb 200
            --copies 5           of each kind, after one to warm up
  logs    lines as fast as a container writes them, until they are archived: against docker logs -f
            --lines 1000000      of 100 bytes
            --log-rounds 3
  log-view  the log in Chromium while it is written: latency, long tasks, memory; a flood against docker logs -f
            --view-seconds 60    of writing at each rate
            --flood 200000       lines at once
  search  a rare line in archived logs: ours against zstdcat and grep, without an engine
            --log-mib 1024       of lines, before packing
            --searches 5         of each kind, after one to warm up
  metrics  watching agents in the list: engine and Slipway against docker stats
            --watched 100        running agents
            --window 30          seconds of each round
            --windows 3          rounds
  memory  of the server, while agents print and pages are open
            --printing 200       running agents
            --pages 10           open in browsers
            --minutes 5
  files   a large file sent and fetched, and a folder with many entries: time, and growth of the server's memory
            --file-mib 2048      the file
            --entries 100000     in the folder
  terminal  a key and a large file: the socket against docker exec -it
            --keys 300
            --show-mb 100        of the file
  --profile  the server leaves CPU profiles in bench/results (and is slower)
Writes bench/results/<time>.json.`;

interface Settings {
  readonly fileMib: number;
  readonly entries: number;
  readonly pairs: number;
  readonly floor: boolean;
  readonly agents: number;
  readonly requests: number;
  readonly visitAgents: number;
  readonly visits: number;
  readonly together: number;
  readonly rounds: number;
  readonly restAgents: number;
  readonly seconds: number;
  readonly files: number;
  readonly diffs: number;
  readonly forks: number;
  readonly mib: number;
  readonly exports: number;
  readonly lines: number;
  readonly logRounds: number;
  readonly logMib: number;
  readonly searches: number;
  readonly sftpMb: number;
  readonly copies: number;
  readonly watched: number;
  readonly window: number;
  readonly windows: number;
  readonly printing: number;
  readonly pages: number;
  readonly minutes: number;
  readonly viewSeconds: number;
  readonly flood: number;
  readonly keys: number;
  readonly showMb: number;
}

type Measure = (site: SiteOptions) => Promise<PartReport>;
interface Part {
  readonly options: Readonly<Record<string, unknown>>;
  readonly measure: Measure;
}

function partsOf(settings: Settings) {
  const { pairs, floor, agents, requests, visitAgents, visits } = settings;
  const { lines, logRounds, logMib, searches } = settings;
  const { together, rounds, restAgents, seconds, files, diffs, forks, mib, exports, sftpMb, copies } =
    settings;
  const { watched, window, windows, printing, pages, minutes } = settings;
  const part = <Options extends Readonly<Record<string, unknown>>>(
    options: Options,
    measure: (all: Options & SiteOptions) => Promise<PartReport>,
  ): Part => ({
    options,
    measure: (site) => measure({ ...options, ...site }),
  });
  return new Map([
    ['spawn', part({ pairs, floor }, measureSpawn)],
    ['parallel', part({ together, rounds }, measureParallel)],
    ['list', part({ agents, requests }, measureList)],
    ['rest', part({ agents: restAgents, seconds }, measureRest)],
    ['visit', part({ agents: visitAgents, visits }, measureVisit)],
    ['diff', part({ files, diffs }, measureDiff)],
    ['snapshots', part({ forks }, measureSnapshots)],
    ['export', part({ mib, exports }, measureExport)],
    ['files', part({ fileMib: settings.fileMib, entries: settings.entries }, measureFiles)],
    ['logs', part({ lines, logRounds }, measureLogs)],
    ['log-view', part({ seconds: settings.viewSeconds, flood: settings.flood }, measureLogView)],
    ['search', part({ logMib, searches }, measureSearch)],
    ['ssh', part({ sftpMb, copies }, measureSsh)],
    ['terminal', part({ keys: settings.keys, showMb: settings.showMb }, measureTerminal)],
    ['metrics', part({ agents: watched, seconds: window, rounds: windows }, measureMetrics)],
    ['memory', part({ agents: printing, pages, minutes }, measureMemory)],
  ]);
}

async function main(signal: AbortSignal): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', default: false },
      pairs: { type: 'string', default: '20' },
      floor: { type: 'boolean', default: false },
      agents: { type: 'string', default: '200' },
      requests: { type: 'string', default: '100' },
      'visit-agents': { type: 'string', default: '50' },
      visits: { type: 'string', default: '5' },
      together: { type: 'string', default: '30' },
      rounds: { type: 'string', default: '5' },
      'rest-agents': { type: 'string', default: '500' },
      seconds: { type: 'string', default: '60' },
      files: { type: 'string', default: '50000' },
      diffs: { type: 'string', default: '5' },
      forks: { type: 'string', default: '15' },
      mib: { type: 'string', default: '1024' },
      exports: { type: 'string', default: '3' },
      lines: { type: 'string', default: '1000000' },
      'log-rounds': { type: 'string', default: '3' },
      'log-mib': { type: 'string', default: '1024' },
      searches: { type: 'string', default: '5' },
      'sftp-mb': { type: 'string', default: '200' },
      copies: { type: 'string', default: '5' },
      watched: { type: 'string', default: '100' },
      window: { type: 'string', default: '30' },
      windows: { type: 'string', default: '3' },
      printing: { type: 'string', default: '200' },
      pages: { type: 'string', default: '10' },
      minutes: { type: 'string', default: '5' },
      'view-seconds': { type: 'string', default: '60' },
      flood: { type: 'string', default: '200000' },
      'file-mib': { type: 'string', default: '2048' },
      entries: { type: 'string', default: '100000' },
      keys: { type: 'string', default: '300' },
      'show-mb': { type: 'string', default: '100' },
      profile: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const parts = partsOf({
    pairs: count('pairs', values.pairs),
    keys: count('keys', values.keys),
    showMb: count('show-mb', values['show-mb']),
    floor: values.floor,
    agents: count('agents', values.agents),
    requests: count('requests', values.requests),
    visitAgents: count('visit-agents', values['visit-agents']),
    visits: count('visits', values.visits),
    together: count('together', values.together),
    rounds: count('rounds', values.rounds),
    restAgents: count('rest-agents', values['rest-agents']),
    seconds: count('seconds', values.seconds),
    files: count('files', values.files),
    diffs: count('diffs', values.diffs),
    forks: count('forks', values.forks),
    mib: count('mib', values.mib),
    exports: count('exports', values.exports),
    fileMib: count('file-mib', values['file-mib']),
    entries: count('entries', values.entries),
    lines: count('lines', values.lines),
    logRounds: count('log-rounds', values['log-rounds']),
    logMib: count('log-mib', values['log-mib']),
    searches: count('searches', values.searches),
    sftpMb: count('sftp-mb', values['sftp-mb']),
    copies: count('copies', values.copies),
    watched: count('watched', values.watched),
    window: count('window', values.window),
    windows: count('windows', values.windows),
    printing: count('printing', values.printing),
    pages: count('pages', values.pages),
    minutes: count('minutes', values.minutes),
    viewSeconds: count('view-seconds', values['view-seconds']),
    flood: count('flood', values.flood),
  });
  const unknown = positionals.filter((name) => !parts.has(name));
  if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}.\n${HELP}`);
  const refusal = whyNoTestEngine();
  if (refusal !== undefined) throw new Error(`${refusal}.`);

  const measured: Record<string, MeasuredPart> = {};
  for (const [name, { options, measure }] of parts) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const before = load();
    const report = await measure({ signal, profileDirectory: values.profile ? RESULTS : null });
    const part = { ...report, options, load: { before, after: load() } };
    measured[name] = part;
    console.log(`\n${table(name, part)}\n`);
  }
  console.log(`written to ${path.relative(process.cwd(), writeResults(RESULTS, measured))}`);
}

function count(name: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1)
    throw new Error(`--${name} must be a whole number from 1, and is ${text}.`);
  return number;
}

/** Runnable processes over the last minute. */
function load(): number {
  return os.loadavg()[0] ?? 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}

const stopping = new AbortController();
let code = 0;
// the parts take away what they started; a further signal is mostly the same one again, from the terminal or passed on by npm
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (stopping.signal.aborted) return;
    code = 128 + os.constants.signals[name];
    stopping.abort(new Error(`ended by ${name}`));
  });
}
try {
  await main(stopping.signal);
} catch (error) {
  if (stopping.signal.aborted)
    console.error(`${messageOf(stopping.signal.reason)}: what was started is gone again`);
  else console.error(messageOf(error));
  code ||= 1;
}
process.exit(code);
