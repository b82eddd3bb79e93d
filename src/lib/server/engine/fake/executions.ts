import { tooLong } from '../docker/problems.ts';
import { Kept } from '../docker/kept.ts';
import type { ExecOptions, ExecResult, TerminalSize } from '../facts.ts';
import type { FakeContainer } from './container.ts';
import { RunningProcess } from './process.ts';
import { EngineRefusal } from './refusal.ts';
import { programIn } from './start-rules.ts';
import type { World } from './world.ts';

const MAX_BYTES = 1024 ** 2;
const KILLED = 137;

interface Start extends Pick<ExecOptions, 'command' | 'env' | 'user' | 'workdir'> {
  /** Its input stays open. */
  readonly stdin: boolean;
  readonly input?: Buffer;
  readonly onWrite: (stream: 'stdout' | 'stderr', text: string | Buffer) => void;
  readonly terminalSize: () => TerminalSize | null;
}

export interface Execution {
  readonly process: RunningProcess;
  readonly ended: Promise<number>;
  /** null while it runs. */
  readonly code: number | null;
  /** Ended already: nothing happens. */
  readonly end: (code: number) => void;
}

/** The programs that are run inside a container beside its main process. They end with it. */
export class Executions {
  readonly #running = new Map<RunningProcess, (code: number) => void>();

  /** Command lines of those that run. */
  get commands(): readonly (readonly string[])[] {
    return [...this.#running.keys()].map(({ argv }) => argv);
  }

  pause(): void {
    for (const process of this.#running.keys()) process.pause();
  }

  resume(): void {
    for (const process of this.#running.keys()) process.resume();
  }

  /** The main process has ended. */
  end(): void {
    for (const over of [...this.#running.values()]) over(KILLED);
  }

  start(world: World, container: FakeContainer, options: Start): Execution {
    const { command, env = {} } = options;
    refuseUnlessRunning(container);
    const [name] = command;
    if (name === undefined) throw new EngineRefusal(400, 'No exec command specified');
    const program = programIn(container.image, name);
    if (program === undefined) {
      const words = 'OCI runtime exec failed: exec failed: unable to start container process';
      throw new EngineRefusal(400, `${words}: exec: "${name}": executable file not found in $PATH: unknown`);
    }
    const execID = world.newId();
    container.emit('exec_create', { execID });
    container.emit('exec_start', { execID });
    const ended = Promise.withResolvers<number>();
    const process = new RunningProcess({
      argv: command,
      env: { ...container.env, ...env },
      stdin: options.stdin,
      ...(options.input === undefined ? {} : { input: options.input }),
      cwd: options.workdir ?? container.cwd,
      user: options.user ?? container.user,
      clock: world.clock,
      onWrite: options.onWrite,
      onExit: (code) => end(code),
      terminalSize: options.terminalSize,
    });
    let ending: number | null = null;
    const end = (code: number) => {
      if (!this.#running.delete(process)) return;
      ending = code;
      process.end();
      container.emit('exec_die', { execID, exitCode: String(code) });
      ended.resolve(code);
    };
    this.#running.set(process, end);
    process.run(program);
    return {
      process,
      ended: ended.promise,
      end,
      get code() {
        return ending;
      },
    };
  }

  /** Resolves with the end of the program; past its time it is killed. */
  async run(world: World, container: FakeContainer, options: ExecOptions): Promise<ExecResult> {
    const { stdin, timeoutMs, maxBytes = MAX_BYTES, signal } = options;
    const { stdin: _stdin, ...rest } = options;
    const output = { stdout: new Kept(maxBytes), stderr: new Kept(maxBytes) };
    const execution = this.start(world, container, {
      ...rest,
      stdin: false,
      ...(stdin === undefined ? {} : { input: stdin }),
      onWrite: (stream, text) => output[stream].add(Buffer.from(text)),
      terminalSize: () => null,
    });
    const patience = new AbortController();
    const limit = signal === undefined ? patience.signal : AbortSignal.any([patience.signal, signal]);
    const exitCode = await Promise.race([
      execution.ended,
      world.clock.wait(timeoutMs, limit).then(() => null),
    ]);
    patience.abort();
    if (exitCode === null) {
      execution.end(KILLED);
      signal?.throwIfAborted();
      throw tooLong(timeoutMs);
    }
    const { stdout, stderr } = output;
    const truncated = stdout.truncated || stderr.truncated;
    return { exitCode, stdout: stdout.bytes(), stderr: stderr.bytes(), truncated };
  }
}

export function refuseUnlessRunning({ id, status, alive }: FakeContainer): void {
  if (status === 'paused')
    throw new EngineRefusal(409, `Container ${id} is paused, unpause the container before exec`);
  if (status === 'restarting')
    throw new EngineRefusal(409, `Container ${id} is restarting, wait until the container is running`);
  if (!alive) throw new EngineRefusal(409, `Container ${id} is not running`);
}
