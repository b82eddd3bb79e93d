import { expect } from 'vitest';
import type { CreateBody } from '#lib/domain/docker-run/create-body.ts';
import { AppError, type ErrorCode } from '#lib/domain/errors.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type { Engine, EngineEvent, LogFrame, LogOptions } from '../engine.ts';
import type { EngineUnderTest } from './subject.ts';

const LABEL = 'dev.slipway.contract';
/** Several runs may share one engine. */
const RUN = crypto.randomUUID().slice(0, 8);
let count = 0;

export type Changes = Partial<CreateBody>;

/** Where the contract's containers, networks and images are made, and cleared away again. */
export class Yard {
  readonly subject: EngineUnderTest;
  readonly engine: Engine;
  readonly image: string;
  /** Marks all that is ours. */
  readonly label: Labels;
  readonly #networks: string[] = [];
  readonly #images: string[] = [];
  readonly #volumes: string[] = [];

  constructor(subject: EngineUnderTest) {
    this.subject = subject;
    this.engine = subject.engine;
    this.image = subject.image;
    this.label = { [LABEL]: RUN };
  }

  plan({ HostConfig, Labels, ...changes }: Changes = {}): CreateBody {
    return {
      Image: this.image,
      Cmd: ['sleep', '1000'],
      Tty: false,
      OpenStdin: false,
      Env: [],
      ...changes,
      Labels: { ...this.label, ...Labels },
      HostConfig: {
        NetworkMode: 'none',
        RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
        LogConfig: { Type: 'json-file', Config: {} },
        ExtraHosts: [],
        ...HostConfig,
      },
    };
  }

  async create(changes: Changes = {}, name = unique('box')): Promise<string> {
    return (await this.engine.createContainer(name, this.plan(changes))).id;
  }

  async start(changes: Changes = {}, name?: string): Promise<string> {
    const id = await this.create(changes, name);
    await this.engine.startContainer(id);
    return id;
  }

  /** Starts a shell script and waits for its end. */
  async finished(script: string, changes: Changes = {}): Promise<string> {
    const id = await this.start({ Cmd: ['sh', '-c', script], ...changes });
    await this.until(id, 'exited');
    return id;
  }

  async until(id: string, status: string): Promise<void> {
    await expect.poll(async () => (await this.engine.inspectContainer(id)).status, PATIENCE).toBe(status);
  }

  async network(): Promise<string> {
    const name = unique('net');
    this.#networks.push((await this.engine.createNetwork(name, this.label)).id);
    return name;
  }

  async volume(): Promise<string> {
    const name = unique('volume');
    this.#volumes.push(name);
    await this.engine.createVolume(name, this.label);
    return name;
  }

  /** An image that the test has made: taken away in the end. */
  keep(imageId: string): string {
    this.#images.push(imageId);
    return imageId;
  }

  /** Ids of what is ours on the engine: containers, networks, images made from our containers, and volumes by name. */
  async left(): Promise<readonly string[]> {
    const [containers, networks, images, volumes] = await Promise.all([
      this.engine.listContainers({ labels: this.label }),
      this.engine.listNetworks(),
      this.engine.listImages(),
      this.engine.listVolumes(),
    ]);
    const ours = (each: { readonly labels: Labels }) => each.labels[LABEL] === RUN;
    const ids = [...containers, ...networks.filter(ours), ...images.filter(ours)].map(({ id }) => id);
    return [...ids, ...volumes.filter(ours).map(({ name }) => name)];
  }

  async clear(): Promise<void> {
    const containers = await this.engine.listContainers({ labels: this.label });
    await Promise.all(containers.map(({ id }) => this.engine.removeContainer(id, { force: true })));
    for (const id of this.#networks.splice(0)) await this.engine.removeNetwork(id).catch(() => undefined);
    for (const name of this.#volumes.splice(0)) await this.engine.removeVolume(name);
    // newest first: one of which another was built cannot go before it
    for (const id of this.#images.splice(0).toReversed()) await this.engine.removeImage(id, { force: true });
  }
}

export const PATIENCE = { timeout: 10_000, interval: 30 } as const;

export function unique(kind: string): string {
  count += 1;
  return `contract-${kind}-${RUN}-${count}`;
}

/** All of a log that does not follow. */
export async function read(
  engine: Engine,
  id: string,
  options: Partial<LogOptions> = {},
): Promise<LogFrame[]> {
  const all = { follow: false, tail: null, since: null, signal: new AbortController().signal, ...options };
  return (await Array.fromAsync(engine.logs(id, all))).flatMap(piecesOf);
}

/** Pieces of one stream that came together may be given as one frame: here each is for itself again, with the time that begins it. */
function piecesOf({ stream, bytes }: LogFrame): readonly LogFrame[] {
  const pieces: LogFrame[] = [];
  for (let from = 0; from < bytes.length;) {
    const stamp = STAMP.exec(bytes.subarray(from, from + STAMP_BYTES).toString())?.[0].length ?? 0;
    const newline = bytes.indexOf(0x0a, from);
    const line = newline === -1 ? bytes.length : newline + 1;
    const end = Math.min(line, from + stamp + PIECE_BYTES);
    pieces.push({ stream, bytes: bytes.subarray(from, end) });
    from = end;
  }
  return pieces;
}

/** The text of frames, without the time in front of each line. */
export function textOf(frames: readonly LogFrame[]): string {
  return frames
    .flatMap(piecesOf)
    .map(({ bytes }) => bytes.toString().replace(STAMP, ''))
    .join('');
}

/** Of a time with its space, and of the engine's buffer. */
const STAMP_BYTES = 31;
const PIECE_BYTES = 16_384;
export const STAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z /;

export function stampOf(frame: LogFrame | undefined): string {
  return STAMP.exec(frame?.bytes.toString() ?? '')?.[0].trim() ?? '';
}

/** Reads a stream in the background; `end` stops it and gives all, or throws what it threw. */
export function collect<Value>(open: (signal: AbortSignal) => AsyncIterable<Value>): {
  readonly seen: readonly Value[];
  readonly done: Promise<void>;
  readonly end: () => Promise<readonly Value[]>;
} {
  const over = new AbortController();
  const seen: Value[] = [];
  const done = (async () => {
    for await (const value of open(over.signal)) seen.push(value);
  })();
  // whoever waits for `done` sees what it threw
  done.catch(() => undefined);
  const end = async () => {
    over.abort();
    await done;
    return seen;
  };
  return { seen, done, end };
}

/** Events from a moment on that is later than all that happened before. */
export async function listen(engine: Engine): Promise<ReturnType<typeof collect<EngineEvent>>> {
  const time = async () => (await engine.info()).time ?? 0;
  const before = await time();
  await expect.poll(time, PATIENCE).toBeGreaterThan(before);
  const since = (await time()) / 1000;
  return collect((signal) => engine.events({ since, signal }));
}

/** What happened to a container, in the words of its events. */
export function actionsOf(events: readonly EngineEvent[], id: string): string[] {
  return events.filter((event) => event.type === 'container' && event.id === id).map(({ action }) => action);
}

export async function refusal(work: Promise<unknown>): Promise<AppError> {
  const outcome: unknown = await work.then(
    () => new Error('it was not refused'),
    (error: unknown) => error,
  );
  if (outcome instanceof AppError) return outcome;
  throw outcome;
}

export async function expectRefusal(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  const { code: seen, message } = await refusal(work);
  expect({ code: seen, message }).toEqual({ code, message });
}
