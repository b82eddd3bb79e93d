import type { TerminalSize } from '../facts.ts';
import type { Clock } from './clock.ts';
import { InputQueue } from './input-queue.ts';

/** What a program sees of the container it runs in. */
export interface Process {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** True when its standard input stays open (a terminal, or OpenStdin). */
  readonly stdin: boolean;
  /** All that it can read, then its input ends; null: nobody has written anything. */
  readonly input: Buffer | null;
  /** The next piece of an input that stays open; null when it has ended. */
  read(): Promise<Buffer | null>;
  /** null: it has no terminal. */
  terminalSize(): TerminalSize | null;
  readonly cwd: string;
  /** Name or number, as given. */
  readonly user: string;
  write(stream: 'stdout' | 'stderr', text: string | Buffer): void;
  /** Resolves after `ms` in which it was not paused; never when it ends before. */
  sleep(ms: number): Promise<void>;
  /** Catches a signal. As the first process of a container it ignores those that it does not catch; SIGKILL cannot be caught. */
  on(signal: string, handler: () => void): void;
  ignore(signal: string): void;
  /** Ends the process. The promise never settles, as no line after an exit runs. */
  exit(code: number): Promise<never>;
  /** Asks for more memory than it may have, and is killed for it. */
  outOfMemory(): Promise<never>;
  /** For programs that only wait for signals. */
  forever(): Promise<never>;
}

/** What a command does: runs until it returns its exit code. */
export type Program = (process: Process) => number | Promise<number>;

interface Start {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: boolean;
  readonly input?: Buffer;
  readonly cwd: string;
  readonly user: string;
  readonly clock: Clock;
  readonly terminalSize?: () => TerminalSize | null;
  readonly onWrite: (stream: 'stdout' | 'stderr', text: string | Buffer) => void;
  readonly onExit: (code: number, oomKilled: boolean) => void;
}

/** The main process of one run of a fake container, or a program that was run inside beside it. */
export class RunningProcess {
  readonly #start: Start;
  readonly #over = new AbortController();
  readonly #handlers = new Map<string, () => void>();
  readonly #input = new InputQueue();
  #inputEnded = false;
  #pending: string[] = [];
  #resumed: PromiseWithResolvers<undefined> | null = null;

  constructor(start: Start) {
    this.#start = start;
  }

  get argv(): readonly string[] {
    return this.#start.argv;
  }

  /** Begins after the caller's own step, as a real process runs beside the engine. */
  run(program: Program): void {
    void Promise.resolve()
      .then(() => program(this.#seen()))
      .then((code) => this.#exit(code));
  }

  /** False when nothing in it listens for that. */
  signal(name: string): boolean {
    if (this.#resumed !== null) this.#pending.push(name);
    else this.#handlers.get(name)?.();
    return this.#handlers.has(name);
  }

  get inputEnded(): boolean {
    return this.#inputEnded || !this.#start.stdin;
  }

  feed(bytes: Buffer): void {
    this.#input.push(bytes);
  }

  endInput(): void {
    this.#inputEnded = true;
    this.#input.end();
  }

  pause(): void {
    this.#resumed ??= Promise.withResolvers();
  }

  resume(): void {
    this.#resumed?.resolve(undefined);
    this.#resumed = null;
    for (const name of this.#pending.splice(0)) this.#handlers.get(name)?.();
  }

  /** Takes it away without its doing: killed, or ended by a test. */
  end(): void {
    this.#over.abort();
  }

  #exit(code: number, oomKilled = false): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#start.onExit(code, oomKilled);
  }

  #seen(): Process {
    const { argv, env, stdin, input = null, cwd, user, clock, onWrite, terminalSize } = this.#start;
    const over = this.#over.signal;
    const never = () => new Promise<never>(() => undefined);
    return {
      argv,
      env,
      stdin,
      input,
      read: async () => {
        const piece = stdin ? await this.#input.read() : null;
        if (over.aborted) await never();
        return piece;
      },
      terminalSize: () => terminalSize?.() ?? null,
      cwd,
      user,
      write: (stream, text) => {
        if (!over.aborted) onWrite(stream, text);
      },
      sleep: async (ms) => {
        if (ms === Infinity) return never();
        await clock.wait(ms, over);
        while (this.#resumed !== null) await this.#resumed.promise;
        if (over.aborted) await never();
      },
      on: (signal, handler) => this.#handlers.set(signal, handler),
      ignore: (signal) => this.#handlers.delete(signal),
      exit: (code) => {
        this.#exit(code);
        return never();
      },
      outOfMemory: () => {
        this.#exit(137, true);
        return never();
      },
      forever: never,
    };
  }
}
