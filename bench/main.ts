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
import { measureList } from './list.ts';
import { measureParallel } from './parallel.ts';
import { measureRest } from './rest.ts';
import { table, writeResults, type MeasuredPart, type PartReport } from './report.ts';
import type { SiteOptions } from './site.ts';
import { measureSnapshots } from './snapshots.ts';
import { measureSpawn } from './spawn.ts';
import { measureVisit } from './visit.ts';

const RESULTS = path.join(import.meta.dirname, 'results');
const HELP = `npm run bench -- [spawn] [parallel] [list] [rest] [visit] [diff] [snapshots] [export] [options]     without a part: all of them
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
  --profile  the server leaves CPU profiles in bench/results (and is slower)
Writes bench/results/<time>.json.`;

interface Settings {
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
}

type Measure = (site: SiteOptions) => Promise<PartReport>;
interface Part {
  readonly options: Readonly<Record<string, unknown>>;
  readonly measure: Measure;
}

function partsOf(settings: Settings) {
  const { pairs, floor, agents, requests, visitAgents, visits } = settings;
  const { together, rounds, restAgents, seconds, files, diffs, forks, mib, exports } = settings;
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
      profile: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const parts = partsOf({
    pairs: count('pairs', values.pairs),
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
