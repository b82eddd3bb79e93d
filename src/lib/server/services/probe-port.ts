/**
 * Whether a port is open, or a page answers. Asked from inside the container's network and never from where Slipway is: an address of a
 * container means another container here than on its host.
 */
import type { Readiness } from '#lib/domain/agent-spec.ts';
import { STARTER_IMAGE } from '#lib/domain/agent-types.ts';
import { AppError } from '#lib/domain/errors.ts';
import { newId } from '#lib/domain/ids.ts';
import type { ContainerFacts, Engine } from '../engine/engine.ts';
import { attempt, no, yes, type Answer, type Probe, type Ran } from './probe.ts';

/** Runs a program in the network of the container; null when it is not to be had there. */
export type Inside = (command: readonly string[]) => Promise<Ran | null>;

/** The kernel's own list of listening sockets, which every image with `cat` can show. */
export async function tcpAnswer(inside: Inside, port: number): Promise<Answer | null> {
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
export async function httpAnswer(inside: Inside, { port, path, status }: HttpProbe): Promise<Answer | null> {
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
export class PortProbe implements Probe {
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
