/**
 * One fake container: its states, its events and their order as the engine has them (seen on Engine 20.10). Refusals carry the engine's
 * words; what they mean to us is said in docker/problems.ts.
 */
import type { CreateBody } from '#lib/domain/docker-run/create-body.ts';
import type { ContainerStatus, PublishedPort } from '../facts.ts';
import { Attachments } from './attachments.ts';
import { Executions } from './executions.ts';
import { asTerminal, FakeTerminal } from './fake-terminal.ts';
import type { Image } from './image.ts';
import { MadeContainer } from './made-container.ts';
import { OutputLog } from './output-log.ts';
import { RunningProcess } from './process.ts';
import { EngineRefusal } from './refusal.ts';
import { signalNumber } from './signals.ts';
import { prepareStart, type PreparedStart } from './start-rules.ts';
import type { World } from './world.ts';

const KILLED = 137;
/** Of a container's own terminal until somebody says it. */
const NO_SIZE = { columns: 0, rows: 0 };

export class FakeContainer extends MadeContainer {
  readonly output: OutputLog;
  readonly executions = new Executions();
  readonly attachments = new Attachments();
  status: ContainerStatus = 'created';
  exitCode = 0;
  oomKilled = false;
  error = '';
  startedAt: number | null = null;
  finishedAt: number | null = null;
  pid = 0;
  ports: readonly PublishedPort[] = [];
  terminal: FakeTerminal | null = null;
  #process: RunningProcess | null = null;
  #ended = Promise.withResolvers<undefined>();
  /** Somebody asked for its end: its restart policy is off until it is started again. */
  #stopped = false;
  /** Somebody removes it: then it does not remove itself. */
  #givenUp = false;
  #waiting = new AbortController();

  constructor(world: World, name: string, plan: CreateBody, image: Image) {
    super(world, name, plan, image);
    this.output = new OutputLog(world.stamps);
    this.emit('create');
  }

  /** Has a main process, moving or paused. */
  get alive(): boolean {
    return this.#process !== null;
  }

  /** As the engine's own `Running`: also between two runs of a restart policy. */
  get running(): boolean {
    return this.alive || this.status === 'restarting';
  }

  /** Resolves when the run that goes on now ends. */
  get ended(): Promise<undefined> {
    return this.#ended.promise;
  }

  /** Running already: nothing happens. */
  start(): void {
    if (this.status === 'paused') {
      throw new EngineRefusal(409, 'cannot start a paused container, try unpause instead');
    }
    if (this.running) return;
    this.restarts.reset();
    this.#launch();
  }

  /** Stopped already: nothing happens. */
  async stop(timeoutMs: number): Promise<void> {
    if (!this.running) return;
    this.#stopped = true;
    if (this.status === 'restarting') {
      this.#stopWaiting();
    } else {
      const { ended } = this;
      this.#signal('SIGTERM');
      const patience = new AbortController();
      await Promise.race([ended, this.world.clock.wait(timeoutMs, patience.signal)]);
      patience.abort();
      if (this.alive && ended === this.ended) this.#signal('SIGKILL');
    }
    this.emit('stop');
  }

  async restart(timeoutMs: number): Promise<void> {
    await this.stop(timeoutMs);
    this.start();
    this.emit('restart');
  }

  kill(signalName: string): void {
    if (signalNumber(signalName) === null) throw new EngineRefusal(400, `Invalid signal: ${signalName}`);
    if (!this.running) {
      throw new EngineRefusal(
        409,
        `Cannot kill container: ${this.name}: Container ${this.id} is not running`,
      );
    }
    this.#end(signalName);
  }

  pause(): void {
    if (this.status === 'paused') throw new EngineRefusal(409, `Container ${this.id} is already paused`);
    if (this.status === 'restarting') {
      throw new EngineRefusal(409, `Container ${this.id} is restarting, wait until the container is running`);
    }
    if (!this.alive) throw new EngineRefusal(409, `Container ${this.id} is not running`);
    this.#process?.pause();
    this.executions.pause();
    this.use.pause();
    this.status = 'paused';
    this.emit('pause');
  }

  unpause(): void {
    if (this.status !== 'paused') throw new EngineRefusal(500, `Container ${this.id} is not paused`);
    this.status = 'running';
    this.emit('unpause');
    this.use.resume();
    this.#process?.resume();
    this.executions.resume();
  }

  rename(name: string): void {
    const oldName = `/${this.name}`;
    this.name = name;
    this.emit('rename', { oldName });
  }

  /** Before it is removed. Refuses when it runs and `force` is not given. */
  giveUp(force: boolean): void {
    if (this.running && !force) {
      const advice = this.status === 'paused' ? 'Unpause and then stop the container' : 'Stop the container';
      const words = `You cannot remove a ${this.status} container ${this.id}`;
      throw new EngineRefusal(409, `${words}. ${advice} before attempting removal or force remove`);
    }
    this.#givenUp = true;
    if (this.running) this.#end('SIGKILL');
    this.emit('destroy');
  }

  /** The main process ends by itself. */
  exit(code: number, oomKilled: boolean): void {
    if (oomKilled) this.emit('oom');
    this.#over(code, oomKilled);
  }

  /** The engine was killed or the host lost its power: the run is over and nobody saw it end. */
  lose(exitCode: number): void {
    if (!this.running) return;
    this.#stopWaiting();
    if (this.alive) this.#close(exitCode);
    if (this.restarts.survivesEngine) this.#launch();
  }

  write(stream: 'stdout' | 'stderr', written: string | Buffer): void {
    const tty = this.plan.Tty === true;
    const bytes = Buffer.from(tty ? asTerminal(written.toString()) : written);
    // a terminal has one stream
    this.#print(tty ? 'stdout' : stream, bytes);
  }

  /** To its main process, which has an open stdin. */
  type(bytes: Buffer): void {
    if (this.terminal === null) this.#process?.feed(bytes);
    else this.terminal.type(bytes);
  }

  #print(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    this.output.write(stream, bytes);
    this.attachments.tell({ stream, bytes });
  }

  #launch(): void {
    this.#stopped = false;
    const { program, ports } = this.#prepare();
    this.status = 'running';
    this.exitCode = 0;
    this.oomKilled = false;
    this.error = '';
    this.startedAt = this.world.clock.now();
    this.pid = this.world.newPid();
    this.ports = ports;
    this.use.start();
    this.#ended = Promise.withResolvers();
    this.#process = new RunningProcess({
      argv: this.argv,
      env: this.env,
      stdin: this.plan.Tty === true || this.plan.OpenStdin === true,
      cwd: this.cwd,
      user: this.user,
      clock: this.world.clock,
      terminalSize: () => this.terminal?.size ?? null,
      onWrite: (stream, text) => this.write(stream, text),
      onExit: (code, oomKilled) => this.exit(code, oomKilled),
    });
    const process = this.#process;
    this.terminal =
      this.plan.Tty === true
        ? new FakeTerminal(NO_SIZE, {
            echo: (bytes) => this.#print('stdout', bytes),
            deliver: (line) => process.feed(line),
            endInput: () => process.endInput(),
            interrupt: () => process.signal('SIGINT'),
          })
        : null;
    this.#network('connect');
    this.emit('start');
    this.#process.run(program);
  }

  /** When it cannot start, it stays as it was (`created` or `exited`) with the reason and a code beside it. */
  #prepare(): PreparedStart {
    try {
      return prepareStart(this.world, this);
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      this.error = error.message;
      this.exitCode = /executable file not found/.test(error.message) ? 127 : 128;
      throw error;
    }
  }

  /** By a signal that somebody sent. */
  #end(signalName: string): void {
    this.#stopped = true;
    if (this.status === 'restarting') this.#stopWaiting();
    else this.#signal(signalName);
  }

  /** A signal lets a paused container go on, so that it can be heard. */
  #signal(name: string): void {
    const full = name.startsWith('SIG') ? name : `SIG${name}`;
    const number = signalNumber(name);
    this.emit('kill', { signal: String(number) });
    if (number === 9) {
      this.#over(KILLED, false);
      return;
    }
    this.#process?.signal(full);
    if (this.status === 'paused') this.unpause();
  }

  #over(code: number, oomKilled: boolean): void {
    if (!this.alive) return;
    const ranMs = this.world.clock.now() - (this.startedAt ?? 0);
    this.#close(code);
    this.oomKilled = oomKilled;
    const pauseMs = this.#stopped ? null : this.restarts.after(code, ranMs);
    if (pauseMs !== null) this.status = 'restarting';
    this.emit('die', { exitCode: String(code) });
    this.#network('disconnect');
    if (pauseMs !== null) void this.#restartAfter(pauseMs);
    else if (this.plan.HostConfig.AutoRemove === true && !this.#givenUp)
      this.world.containers.remove(this, true);
  }

  #close(code: number): void {
    this.#process?.end();
    this.#process = null;
    this.executions.end();
    this.attachments.end();
    this.output.flush();
    this.use.pause();
    this.status = 'exited';
    this.exitCode = code;
    this.pid = 0;
    this.ports = [];
    this.finishedAt = this.world.clock.now();
    this.#ended.resolve(undefined);
  }

  async #restartAfter(pauseMs: number): Promise<void> {
    const waiting = new AbortController();
    this.#waiting = waiting;
    await this.world.clock.wait(pauseMs, waiting.signal);
    if (waiting.signal.aborted) return;
    try {
      this.#launch();
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      this.status = 'exited';
    }
  }

  #stopWaiting(): void {
    this.#waiting.abort();
    if (this.status === 'restarting') this.status = 'exited';
  }

  #network(action: 'connect' | 'disconnect'): void {
    for (const name of this.networks) this.tellNetwork(action, name);
  }
}
