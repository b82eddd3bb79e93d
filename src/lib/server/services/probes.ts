/**
 * The questions that readiness asks of a container. Ports are asked for from inside its network and never from where Slipway is: an address
 * of a container means another container here than on its host.
 */
import { RE2JS } from 're2js';
import type { Readiness } from '#lib/domain/agent-spec.ts';
import { AppError } from '#lib/domain/errors.ts';
import { STARTER_IMAGE } from '#lib/domain/agent-types.ts';
import { newId } from '#lib/domain/ids.ts';
import type { ContainerFacts, Engine } from '../engine/engine.ts';
import { LineAssembler } from '../streams/lines.ts';

export interface Answer {
  readonly ready: boolean;
  /** In words: what it found, or why not yet. */
  readonly note: string;
}

export interface Probe {
  ask(facts: ContainerFacts, signal?: AbortSignal): Promise<Answer>;
  close(): void;
}

/** One question may take so long. */
const PATIENCE_MS = 5_000;

export function makeProbe(readiness: Readiness, engine: Engine, containerId: string): Probe {
  switch (readiness.kind) {
    case 'auto':
      return simple((facts) => (facts.health === 'none' ? yes('running') : healthy(facts)));
    case 'running':
      return simple(() => yes('running'));
    case 'healthy':
      return simple((facts) => {
        if (facts.health !== 'none') return healthy(facts);
        throw new AppError(
          'VALIDATION',
          'readiness: the image has no HEALTHCHECK that could say it is healthy',
          {
            hint: 'Use another readiness, or give a health check with --health-cmd in the start args.',
            details: {
              fields: [{ field: 'readiness', value: 'healthy', rule: 'needs an image with a HEALTHCHECK' }],
            },
          },
        );
      });
    case 'exec':
      return simple((_, signal) => execAnswer(engine, containerId, readiness.command, signal));
    case 'tcp':
      return new PortProbe(engine, containerId, (inside) => tcpAnswer(inside, readiness.port));
    case 'http':
      return new PortProbe(engine, containerId, (inside) => httpAnswer(inside, readiness));
    case 'log':
      return new LogProbe(engine, containerId, readiness.pattern);
  }
}

function simple(ask: (facts: ContainerFacts, signal?: AbortSignal) => Answer | Promise<Answer>): Probe {
  return { ask: async (facts, signal) => ask(facts, signal), close: () => undefined };
}

function yes(note: string): Answer {
  return { ready: true, note };
}

function no(note: string): Answer {
  return { ready: false, note };
}

function healthy({ health }: ContainerFacts): Answer {
  return health === 'healthy' ? yes('healthy') : no(`its health check says ${health}`);
}

async function execAnswer(
  engine: Engine,
  containerId: string,
  command: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const ran = await attempt(engine, containerId, command, signal);
  if (ran === null) return no(`${command[0] ?? ''} did not answer`);
  if (ran.exitCode === 0) return yes(`${command[0] ?? ''} says yes`);
  return no(`${command[0] ?? ''} ended with code ${ran.exitCode}`);
}

/** Runs a program inside; null when the engine refuses or it takes too long. */
async function attempt(
  engine: Engine,
  containerId: string,
  command: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Ran | null> {
  try {
    const ran = await engine.execute(containerId, {
      command,
      timeoutMs: PATIENCE_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    return { exitCode: ran.exitCode, stdout: ran.stdout.toString(), stderr: ran.stderr.toString() };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Runs a program in the network of the container; null when it is not to be had there. */
type Inside = (command: readonly string[]) => Promise<Ran | null>;

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The kernel's own list of listening sockets, which every image with `cat` can show. */
async function tcpAnswer(inside: Inside, port: number): Promise<Answer | null> {
  const list = await inside(['cat', '/proc/net/tcp', '/proc/net/tcp6']);
  if (list?.stdout.includes('local_address') !== true) return null;
  return listens(list.stdout, port) ? yes(`port ${port} is open`) : no(`nothing listens on port ${port}`);
}

/** `sl local_address rem_address st`, in hex; state 0A is LISTEN. */
function listens(table: string, port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').some((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    return state === '0A' && local.endsWith(`:${hex}`);
  });
}

type HttpProbe = Extract<Readiness, { kind: 'http' }>;

/** Programs that can ask for a page and tell its status, the commonest first. No shell: each argument is data. */
const CLIENTS: readonly {
  readonly command: (url: string) => readonly string[];
  readonly status: (ran: { stdout: string; stderr: string; exitCode: number }) => number | null;
}[] = [
  {
    command: (url) => [
      'curl',
      '--silent',
      '--max-time',
      '4',
      '--output',
      '/dev/null',
      '--write-out',
      '%{http_code}',
      url,
    ],
    status: ({ stdout }) => Number(stdout) || null,
  },
  {
    command: (url) => ['wget', '-S', '-O', '/dev/null', url],
    status: ({ stderr }) => Number(/HTTP\/\S+ (\d{3})/.exec(stderr)?.[1]) || null,
  },
  {
    command: (url) => [
      'node',
      '-e',
      'fetch(process.argv[1],{redirect:"manual"}).then(r=>console.log(r.status))',
      url,
    ],
    status: ({ stdout }) => Number(stdout) || null,
  },
  {
    command: (url) => [
      'python3',
      '-c',
      'import sys,urllib.request as u,urllib.error as e\ntry: print(u.urlopen(sys.argv[1],timeout=4).status)\nexcept e.HTTPError as x: print(x.code)',
      url,
    ],
    status: ({ stdout }) => Number(stdout) || null,
  },
];

/** null: nothing in there can ask for a page. */
async function httpAnswer(inside: Inside, { port, path, status }: HttpProbe): Promise<Answer | null> {
  const url = `http://127.0.0.1:${port}${path}`;
  for (const client of CLIENTS) {
    const ran = await inside(client.command(url));
    if (ran === null || ran.exitCode === 126 || ran.exitCode === 127) continue;
    const found = client.status(ran);
    if (found === null) return no(`port ${port} does not answer`);
    return found === status ? yes(`${path} answers ${found}`) : no(`${path} answers ${found}, not ${status}`);
  }
  return null;
}

/**
 * Asks with what the image has; where that is nothing, with the tools of the starter image in a container beside it that shares its network,
 * and goes when the wait is over.
 */
class PortProbe implements Probe {
  readonly #engine: Engine;
  readonly #containerId: string;
  readonly #question: (inside: Inside) => Promise<Answer | null>;
  #helper: string | null = null;
  #helpless = false;
  #life: number | null = null;

  constructor(engine: Engine, containerId: string, question: (inside: Inside) => Promise<Answer | null>) {
    this.#engine = engine;
    this.#containerId = containerId;
    this.#question = question;
  }

  async ask({ startedAt }: ContainerFacts, signal?: AbortSignal): Promise<Answer> {
    // the network that a helper shares goes with the run that it was made for
    if (startedAt !== this.#life) this.close();
    this.#life = startedAt;
    const from = (id: string) => this.#question((command) => attempt(this.#engine, id, command, signal));
    if (this.#helper === null) {
      const answer = await from(this.#containerId);
      if (answer !== null) return answer;
      signal?.throwIfAborted();
      await this.#help();
    }
    const answer = this.#helper === null ? null : await from(this.#helper);
    return answer ?? no('neither its image nor the starter image on this host has a program that can ask');
  }

  close(): void {
    if (this.#helper === null) return;
    const helper = this.#helper;
    this.#helper = null;
    this.#helpless = false;
    this.#engine.removeContainer(helper, { force: true }).catch(() => undefined);
  }

  async #help(): Promise<void> {
    if (this.#helpless) return;
    // one try is enough: an image does not come by itself
    this.#helpless = true;
    if ((await this.#engine.inspectImage(STARTER_IMAGE)) === null) return;
    try {
      const made = await this.#engine.createContainer(`slipway-probe-${newId()}`, {
        Image: STARTER_IMAGE,
        Entrypoint: ['sleep'],
        Cmd: ['3600'],
        Labels: {},
        HostConfig: { NetworkMode: `container:${this.#containerId}`, AutoRemove: true },
      });
      this.#helper = made.id;
      await this.#engine.startContainer(made.id);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // the container ended meanwhile and has no network to share, or the engine is away: the next question tries again
      this.close();
      this.#helpless = false;
    }
  }
}

/**
 * Follows the output from the start of the present life. The pattern is RE2: no pattern makes it slow. The engine keeps a line back until its
 * newline comes, so a prompt that waits at the end of a line is not seen.
 */
class LogProbe implements Probe {
  readonly #engine: Engine;
  readonly #containerId: string;
  readonly #pattern: RE2JS;
  readonly #end = new AbortController();
  #life: number | null | undefined = undefined;
  #following: Promise<void> | null = null;
  #found: string | null = null;

  constructor(engine: Engine, containerId: string, pattern: string) {
    this.#engine = engine;
    this.#containerId = containerId;
    this.#pattern = RE2JS.compile(pattern);
  }

  ask(facts: ContainerFacts): Promise<Answer> {
    if (this.#following === null || this.#life !== facts.startedAt) this.#follow(facts);
    return Promise.resolve(
      this.#found === null ? no('its output has no match yet') : yes('its output matches'),
    );
  }

  close(): void {
    this.#end.abort();
  }

  #follow({ startedAt, finishedAt }: ContainerFacts): void {
    // what another run said counts for nothing
    if (this.#life !== startedAt) this.#found = null;
    this.#life = startedAt;
    const following = this.#read(startedAt, finishedAt).catch(() => undefined);
    this.#following = following;
    // a follow that broke is begun again by the next question
    void following.then(() => {
      if (this.#following === following) this.#following = null;
    });
  }

  /**
   * From the end of the run before on, not from the start of this one: the engine writes down the start only after the program runs, which may
   * have said its line by then.
   */
  async #read(startedAt: number | null, endedBefore: number | null): Promise<void> {
    const assembler = new LineAssembler();
    const since = endedBefore === null ? null : new Date(endedBefore + 1).toISOString();
    const options = { follow: true, tail: null, since, signal: this.#end.signal };
    const matches = (text: string) => this.#pattern.matcher(text).find();
    for await (const frame of this.#engine.logs(this.#containerId, options)) {
      const hit = assembler.push(frame).find((line) => matches(line.text));
      if (hit === undefined) continue;
      this.#find(startedAt, hit.text);
      return;
    }
    const last = assembler.end().find((line) => matches(line.text));
    if (last !== undefined) this.#find(startedAt, last.text);
  }

  #find(life: number | null, text: string): void {
    if (life === this.#life) this.#found = text;
  }
}
