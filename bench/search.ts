/**
 * A search for a rare line in archived logs, against `zstdcat | grep` over the same files, both on two cores: there one unpacks while the other
 * looks, here each thread does both.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { zstdCompressSync } from 'node:zlib';
import type { SearchedPart } from '#lib/server/archive/search-pieces.ts';
import { SearchThreads } from '#lib/server/archive/search-threads.ts';
import { searchArchive } from '#lib/server/archive/search.ts';
import { SEGMENT_BYTES, toRecord } from '#lib/server/archive/segment-format.ts';
import type { Figure, PartReport } from './report.ts';
import { median } from './statistics.ts';

export interface SearchOptions {
  /** Of lines, before packing. */
  readonly logMib: number;
  readonly searches: number;
}

const THREADS = 2;
const NEEDLE = 'Rare-Needle-4711';
const run = promisify(execFile);
const THREAD = new URL('../src/lib/server/archive/search-thread.ts', import.meta.url);

const CASES = [
  { name: 'words', q: NEEDLE, regex: false, options: '-c -F', pattern: NEEDLE },
  { name: 'in any case', q: NEEDLE.toLowerCase(), regex: false, options: '-c -i -F', pattern: NEEDLE },
  {
    name: 'pattern',
    q: 'Rare-[A-Z]\\w+-\\d{4}$',
    regex: true,
    options: '-c -E',
    pattern: 'Rare-[A-Z]\\w+-[0-9]{4}$',
  },
] as const;

interface Taken {
  readonly lines: number;
  /** Of all cores together. */
  readonly cpuMs: number;
}

export async function measureSearch({ logMib, searches }: SearchOptions): Promise<PartReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-bench-search-'));
  const threads = new SearchThreads(THREADS, () => new Worker(THREAD));
  const samples: Record<string, number[]> = {};
  const figures: Figure[] = [];
  try {
    const parts = makeArchive(folder, logMib * 1024 * 1024);
    const files = parts.map((part) => part.path);
    for (const { name, q, regex, options, pattern } of CASES) {
      const ours: number[] = [];
      const theirs: number[] = [];
      const [ourCpu, theirCpu]: [number[], number[]] = [[], []];
      // one more to warm up, and in turns: a busy machine slows both down
      for (let round = 0; round <= searches; round += 1) {
        const search = await timed(() => found(parts, q, regex, threads));
        const command = await timed(() => grepped(files, options, pattern));
        if (search.lines !== 1 || command.lines !== 1)
          throw new Error(`${name}: ${search.lines} lines were found, and ${command.lines} by grep`);
        if (round === 0) continue;
        ours.push(search.ms);
        theirs.push(command.ms);
        ourCpu.push(search.cpuMs);
        theirCpu.push(command.cpuMs);
      }
      const target = regex ? {} : { atMost: 1.5 };
      figures.push(
        { what: `${name}, p50`, value: median(ours), unit: 'ms' },
        { what: `${name}, zstdcat and grep, p50`, value: median(theirs), unit: 'ms' },
        { what: `${name}, ratio`, value: median(ours) / median(theirs), unit: 'x', ...target },
        { what: `${name}, ratio of CPU time`, value: median(ourCpu) / median(theirCpu), unit: 'x' },
      );
      Object.assign(samples, { [name]: ours, [`${name}, grep`]: theirs });
    }
    return { figures, samples, details: { files: files.length, threads: THREADS } };
  } finally {
    await threads.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function found(
  parts: readonly SearchedPart[],
  q: string,
  regex: boolean,
  threads: SearchThreads,
): Promise<Taken> {
  const any = { levels: null, stream: null, since: null, until: null, before: null, patienceMs: null };
  const before = process.cpuUsage();
  let lines = 0;
  const { signal } = new AbortController();
  for await (const step of searchArchive(
    ['agent'],
    () => parts,
    { q, regex, limit: 100, ...any },
    threads,
    signal,
  ))
    if (step.kind === 'found') lines += 1;
  const { user, system } = process.cpuUsage(before);
  return { lines, cpuMs: (user + system) / 1_000 };
}

const SCRIPT =
  'pattern=$1; options=$2; shift 2; nice -n 10 zstdcat "$@" | nice -n 10 grep $options -e "$pattern"; times';

/** At the priority that our threads have. The shell says last how long its programs kept a core busy: minutes and seconds, of users and system. */
async function grepped(files: readonly string[], options: string, pattern: string): Promise<Taken> {
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const { stdout } = await run('sh', ['-c', SCRIPT, 'sh', pattern, options, ...files], { env });
  const lines = stdout.trim().split('\n');
  const busy = [...(lines.at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  const cpuMs = busy.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  );
  return { lines: Number(lines[0]), cpuMs };
}

async function timed(work: () => Promise<Taken>): Promise<Taken & { readonly ms: number }> {
  const started = performance.now();
  const taken = await work();
  return { ms: performance.now() - started, ...taken };
}

/** Lines such as programs write, about 100 bytes each, the same in every run; one of them has the needle. */
function makeArchive(folder: string, bytes: number): readonly SearchedPart[] {
  const words =
    'request response connected client timeout waiting build compile module error warning info tool call file user token'.split(
      ' ',
    );
  const random = randomNumbers(7);
  const parts: SearchedPart[] = [];
  const segments = Math.ceil(bytes / SEGMENT_BYTES);
  let at = Date.UTC(2026, 2, 1);
  let seq = 1;
  for (let segment = 0; segment < segments; segment += 1) {
    const firstAt = at;
    const firstSeq = seq;
    const records: string[] = [];
    for (let size = 0; size < SEGMENT_BYTES;) {
      let text = '';
      while (text.length < 60)
        text += `${words[random() % words.length] ?? ''} ${(random() % 1e6).toString(36)} `;
      if (segment === segments >> 1 && records.length === 100) text += NEEDLE;
      const time = `${new Date(at).toISOString().slice(0, -1)}${String(random() % 1e6).padStart(6, '0')}Z`;
      const record = toRecord({ seq, time, stream: 'stdout', text });
      records.push(record);
      size += record.length;
      at += 3;
      seq += 1;
    }
    const text = records.join('');
    const file = path.join(folder, `c-${firstSeq}.log.zst`);
    writeFileSync(file, zstdCompressSync(text));
    const row = { agentId: 'agent', firstSeq, firstAt, lastAt: at, bytes: text.length, levels: {} };
    parts.push({ kind: 'sealed', path: file, row });
  }
  return parts;
}

/** From 0 to 2^32, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return (value ^ (value >>> 14)) >>> 0;
  };
}
