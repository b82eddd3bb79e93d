/**
 * The output of the engine's builder as steps, while it comes. Between `Running in` and `Removing intermediate container` a program speaks, and
 * what it says is taken for nothing else: it could print lines that look like the builder's own.
 */
export interface BuildStep {
  /** From 1. */
  readonly number: number;
  readonly total: number;
  readonly instruction: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly cached: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number | null;
}

const STEP = /^Step (\d+)\/(\d+) : (.*)$/;
const RUNNING = /^ ---> Running in ([0-9a-f]{12})$/;
const IMAGE = /^ ---> ([0-9a-f]{12})$/;
const CACHED = ' ---> Using cache';
const REMOVED = 'Removing intermediate container ';
/** A program may never end its line. */
const MAX_LINE = 65_536;
/** The last lines of a failing step. */
const TAIL_LINES = 20;

export class BuildOutput {
  readonly #now: () => number;
  readonly #changed: (steps: readonly BuildStep[]) => void;
  #steps: readonly BuildStep[] = [];
  #rest = '';
  /** The container whose program speaks. */
  #container: string | null = null;
  #tail: string[] = [];
  #made: string[] = [];
  readonly #named = new Set<string>();

  constructor(now: () => number, changed: (steps: readonly BuildStep[]) => void = () => undefined) {
    this.#now = now;
    this.#changed = changed;
  }

  get steps(): readonly BuildStep[] {
    return this.#steps;
  }

  /** Short ids of images that this build made, the oldest first. Those of the cache and base images are not among them. */
  get made(): readonly string[] {
    return this.#made;
  }

  /** Short ids of all images that it was made from, from its base on. */
  get named(): ReadonlySet<string> {
    return this.#named;
  }

  /** The last lines of the step that ran last. */
  get tail(): readonly string[] {
    const last = plain(this.#rest);
    return last === '' ? this.#tail : [...this.#tail, last];
  }

  /** Takes a piece, and gives the lines that it ended. */
  take(text: string): readonly string[] {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    if (this.#rest.length > MAX_LINE) {
      parts.push(this.#rest);
      this.#rest = '';
    }
    const lines = parts.map((line) => line.replace(/\r$/, ''));
    for (const line of lines) this.#line(plain(line));
    return lines;
  }

  /** The stream is over. Gives what was left without a line's end. */
  end(how: 'done' | 'failed'): string | null {
    const rest = this.#rest;
    if (rest !== '') this.#line(plain(rest));
    this.#rest = '';
    this.#finish(how);
    return rest === '' ? null : rest;
  }

  #line(line: string): void {
    if (this.#container !== null) this.#spoken(line, this.#container);
    else this.#said(line);
  }

  /** A program's last line may have no end. */
  #spoken(line: string, container: string): void {
    const end = `${REMOVED}${container}`;
    const own = line.endsWith(end) ? line.slice(0, -end.length) : line;
    if (own !== line) this.#container = null;
    if (own === line || own !== '') this.#keep(own);
  }

  #said(line: string): void {
    const step = STEP.exec(line);
    const container = RUNNING.exec(line)?.[1];
    const image = IMAGE.exec(line)?.[1];
    const current = this.#steps.at(-1);
    if (step !== null) this.#begin(Number(step[1]), Number(step[2]), step[3] ?? '');
    else if (container !== undefined) this.#container = container;
    else if (line === CACHED) this.#mark({ cached: true });
    else if (image === undefined) this.#keep(line);
    else {
      this.#named.add(image);
      if (current?.cached === false && !/^FROM\s/i.test(current.instruction)) this.#made.push(image);
    }
  }

  #begin(number: number, total: number, instruction: string): void {
    this.#finish('done');
    this.#tail = [];
    const step = {
      number,
      total,
      instruction,
      cached: false,
      startedAt: this.#now(),
      endedAt: null,
    } as const;
    this.#steps = [...this.#steps, { ...step, state: 'running' }];
    this.#changed(this.#steps);
  }

  #finish(state: 'done' | 'failed'): void {
    if (this.#steps.at(-1)?.state === 'running') this.#mark({ state, endedAt: this.#now() });
  }

  #mark(change: Partial<BuildStep>): void {
    const last = this.#steps.at(-1);
    if (last === undefined) return;
    this.#steps = [...this.#steps.slice(0, -1), { ...last, ...change }];
    this.#changed(this.#steps);
  }

  #keep(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
  }
}

/** Without the colours in which the engine wraps what went to stderr. */
function plain(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.replace(/\u001b\[[0-9;]*m/g, '');
}
