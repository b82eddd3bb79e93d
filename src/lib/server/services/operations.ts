/**
 * Anything that takes time, with steps and progress, visible and cancellable. Steps are facts (written and told), progress inside a step is
 * a flow (told only).
 */
import { AppError, notFound, type Problem } from '#lib/domain/errors.ts';
import { newId, type AgentId, type HostId, type OperationId } from '#lib/domain/ids.ts';
import type {
  OperationDetailView,
  OperationKind,
  OperationView,
  StepView,
  TransferView,
} from '#lib/protocol/views.ts';
import type { AppBus } from '../messages.ts';
import type { Journal, Tell } from '../storage/journal.ts';
import type { OperationRepository, OperationRow } from '../storage/operations.ts';
import { authorize, type Actor } from './access.ts';

export interface OperationPlan {
  readonly kind: OperationKind;
  readonly agent: { readonly id: AgentId; readonly name: string } | null;
  readonly hostId: HostId | null;
  readonly actor: string;
  readonly steps: readonly string[];
  readonly cancellable: boolean;
  /** What was asked for, so that it can be tried again; no secrets. */
  readonly request?: Readonly<Record<string, unknown>>;
}

/** What the work of an operation has in its hands. */
export interface Operation {
  readonly id: OperationId;
  /** Ends when somebody cancels. */
  readonly signal: AbortSignal;
  /** Runs one named step of the plan. What it resolves to is the step's result; a thrown error fails the step. */
  step<Value>(name: string, work: (note: (text: string) => void) => Promise<Value>): Promise<Value>;
  progress(step: string, percent: number | null, text: string, transfer?: TransferView): void;
  /** Keeps a line of what the engine says meanwhile; of very many the first and the last are kept. */
  output(line: string): void;
  /** From here on cancelling is too late. */
  commitPoint(): void;
}

export interface StartedOperation<Value> {
  readonly id: OperationId;
  readonly done: Promise<Value>;
}

interface Running {
  /** As it was last written. */
  row: OperationRow;
  readonly controller: AbortController;
  readonly done: PromiseWithResolvers<undefined>;
  readonly output: string[];
  cancellable: boolean;
}

const OUTPUT_LINES = 500;

export class Operations {
  readonly #journal: Journal;
  readonly #repository: OperationRepository;
  readonly #bus: AppBus;
  readonly #hostName: (id: HostId) => string | null;
  readonly #onBug: (error: unknown, operation: OperationId) => void;
  readonly #running = new Map<OperationId, Running>();
  readonly #works = new Set<Promise<unknown>>();

  constructor(parts: {
    readonly journal: Journal;
    readonly repository: OperationRepository;
    readonly bus: AppBus;
    readonly hostName: (id: HostId) => string | null;
    readonly onBug: (error: unknown, operation: OperationId) => void;
  }) {
    this.#journal = parts.journal;
    this.#repository = parts.repository;
    this.#bus = parts.bus;
    this.#hostName = parts.hostName;
    this.#onBug = parts.onBug;
  }

  /** Writes an operation down as begun. For use inside a transaction that also writes what it is about; then `run` it. */
  prepare(plan: OperationPlan, tell: Tell): OperationRow {
    const row: OperationRow = {
      id: newId<OperationId>(),
      kind: plan.kind,
      state: 'running',
      agentId: plan.agent?.id ?? null,
      agentName: plan.agent?.name ?? null,
      hostId: plan.hostId,
      actor: plan.actor,
      steps: plan.steps.map((name) => ({
        name,
        state: 'waiting',
        startedAt: null,
        endedAt: null,
        note: null,
      })),
      error: null,
      request: plan.request ?? null,
      output: null,
      startedAt: Date.now(),
      endedAt: null,
    };
    this.#repository.insert(row);
    tell({ kind: 'operation', operation: this.#view(row, plan.cancellable) });
    return row;
  }

  start<Value>(plan: OperationPlan, work: (operation: Operation) => Promise<Value>): StartedOperation<Value> {
    const row = this.#journal.commit((tell) => this.prepare(plan, tell));
    return this.run(row, plan.cancellable, work);
  }

  run<Value>(
    row: OperationRow,
    cancellable: boolean,
    work: (operation: Operation) => Promise<Value>,
  ): StartedOperation<Value> {
    const running: Running = {
      row,
      controller: new AbortController(),
      done: Promise.withResolvers(),
      output: [],
      cancellable,
    };
    this.#running.set(row.id, running);
    const done = this.#work(running, work);
    this.#works.add(done);
    // a failure is in the record; whoever waits for `done` hears of it too, and nobody has to wait
    done
      .catch(() => undefined)
      .finally(() => {
        this.#works.delete(done);
      });
    return { id: row.id, done };
  }

  /** True while some operation works on this agent. */
  isBusy(agentId: AgentId): boolean {
    return [...this.#running.values()].some((each) => each.row.agentId === agentId);
  }

  /** The running operation of a kind on an agent. */
  findRunning(agentId: AgentId, kind: OperationKind): OperationId | undefined {
    return [...this.#running.values()].find((each) => each.row.agentId === agentId && each.row.kind === kind)
      ?.row.id;
  }

  /** Whether a running operation can still be cancelled. */
  isCancellable(id: OperationId): boolean {
    return this.#running.get(id)?.cancellable ?? false;
  }

  /** Resolves when the operation is over, however it ended. */
  async settled(id: OperationId): Promise<void> {
    await this.#running.get(id)?.done.promise;
  }

  /** Asks a running operation to end; it cleans up by itself. Throws NOT_FOUND, or CONFLICT when it is over or past that point. */
  cancel(actor: Actor | null, id: string): void {
    authorize(actor, 'operations.cancel');
    const running = [...this.#running.values()].find((each) => each.row.id === id);
    if (running === undefined) {
      if (this.#repository.byId(id) === undefined) throw notFound('operation', id);
      throw new AppError('CONFLICT', 'The operation is over');
    }
    if (!running.cancellable) throw new AppError('CONFLICT', 'It is too late to cancel this');
    running.controller.abort(new AppError('CANCELLED', 'It was cancelled'));
  }

  list(actor: Actor | null, limit = 100): readonly OperationView[] {
    authorize(actor, 'operations.see');
    return this.#repository
      .list(limit)
      .map((row) => this.#view(row, this.#running.get(row.id)?.cancellable ?? false));
  }

  get(actor: Actor | null, id: string): OperationDetailView {
    authorize(actor, 'operations.see');
    const row = this.row(id);
    const running = this.#running.get(row.id);
    return {
      ...this.#view(row, running?.cancellable ?? false),
      output: running?.output ?? row.output ?? [],
    };
  }

  /** Throws NOT_FOUND. */
  row(id: string): OperationRow {
    const row = this.#repository.byId(id);
    if (row === undefined) throw notFound('operation', id);
    return row;
  }

  ofAgent(agentId: AgentId, limit: number): readonly OperationView[] {
    return this.#repository
      .ofAgent(agentId, limit)
      .map((row) => this.#view(row, this.#running.get(row.id)?.cancellable ?? false));
  }

  /** Marks what a crash of Slipway cut off. The work itself is taken up again by whoever owns it. */
  recover(): void {
    const cutOff = new AppError('CANCELLED', 'Slipway ended in the middle of it', {
      hint: 'It is taken up again by itself where that makes sense.',
    });
    for (const row of this.#repository.running()) this.#finish(row, 'failed', cutOff.toProblem(), []);
  }

  /** Waits for running work, at most `patienceMs`. */
  async close(patienceMs: number): Promise<void> {
    const patience = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      patience.resolve(undefined);
    }, patienceMs);
    await Promise.race([Promise.allSettled([...this.#works]), patience.promise]);
    clearTimeout(timer);
  }

  async #work<Value>(running: Running, work: (operation: Operation) => Promise<Value>): Promise<Value> {
    try {
      const value = await work(this.#operation(running));
      this.#finish(running.row, 'succeeded', null, running.output);
      return value;
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code === 'INTERNAL') this.#onBug(error, running.row.id);
      this.#finish(
        running.row,
        problem.code === 'CANCELLED' ? 'cancelled' : 'failed',
        problem,
        running.output,
      );
      throw error;
    } finally {
      this.#running.delete(running.row.id);
      running.done.resolve(undefined);
    }
  }

  #operation(running: Running): Operation {
    const { row, controller } = running;
    return {
      id: row.id,
      signal: controller.signal,
      step: async (name, work) => {
        controller.signal.throwIfAborted();
        let note: string | null = null;
        const startedAt = new Date().toISOString();
        this.#step(running, { name, state: 'running', startedAt, endedAt: null, note: null });
        try {
          const value = await work((text) => {
            note = text;
          });
          this.#step(running, { name, state: 'done', startedAt, endedAt: new Date().toISOString(), note });
          return value;
        } catch (error) {
          const failed: unknown = controller.signal.aborted ? controller.signal.reason : error;
          this.#step(running, {
            name,
            state: 'failed',
            startedAt,
            endedAt: new Date().toISOString(),
            note: toProblem(failed).message,
          });
          throw failed;
        }
      },
      progress: (step, percent, text, transfer) => {
        this.#bus.emit('progress', {
          operationId: row.id,
          agentId: row.agentId,
          step,
          percent,
          text,
          ...(transfer === undefined ? {} : { transfer }),
        });
      },
      output: (line) => {
        const { output } = running;
        if (output.at(-1) === line) return;
        output.push(line);
        // the beginning says what was done, the end how it went: the middle goes
        if (output.length > OUTPUT_LINES) output.splice(OUTPUT_LINES / 2, 2, '…');
      },
      commitPoint: () => {
        controller.signal.throwIfAborted();
        running.cancellable = false;
      },
    };
  }

  #step(running: Running, step: StepView): void {
    const steps = running.row.steps.map((each) => (each.name === step.name ? step : each));
    const row = { ...running.row, steps };
    this.#journal.commit((tell) => {
      this.#repository.update(row.id, { steps });
      tell({ kind: 'operation', operation: this.#view(row, running.cancellable) });
    });
    running.row = row;
  }

  #finish(
    row: OperationRow,
    state: OperationRow['state'],
    error: Problem | null,
    output: readonly string[],
  ): void {
    const steps = row.steps.map((each): StepView =>
      each.state === 'waiting' ? { ...each, state: 'skipped' } : each,
    );
    const patch = { state, error, steps, output: output.length === 0 ? null : output, endedAt: Date.now() };
    this.#journal.commit((tell) => {
      this.#repository.update(row.id, patch);
      tell({ kind: 'operation', operation: this.#view({ ...row, ...patch }, false) });
    });
  }

  #view(row: OperationRow, cancellable: boolean): OperationView {
    return {
      id: row.id,
      kind: row.kind,
      state: row.state,
      agentId: row.agentId,
      agentName: row.agentName,
      ...subjectOf(row),
      host: row.hostId === null ? null : this.#hostName(row.hostId),
      actor: row.actor,
      steps: row.steps,
      error: row.error,
      startedAt: new Date(row.startedAt).toISOString(),
      endedAt: row.endedAt === null ? null : new Date(row.endedAt).toISOString(),
      cancellable: cancellable && row.state === 'running',
      retryable:
        (row.state === 'failed' || row.state === 'cancelled') &&
        row.request !== null &&
        !PASSING.includes(row.kind),
    };
  }
}

/** What it is about where that is no agent: the image of a pull, the type of a test, else what its request says of it. */
function subjectOf({ kind, request }: OperationRow): Pick<OperationView, 'subject'> {
  const named: Readonly<Partial<Record<OperationKind, string>>> = {
    pull: 'image',
    build: 'tag',
    'type-test': 'type',
  };
  const subject = request?.[named[kind] ?? 'subject'];
  return typeof subject === 'string' ? { subject } : {};
}

/** Their bytes come and go with the one request that asked for them. */
const PASSING: readonly OperationKind[] = ['export', 'import'];

/** Any thrown thing as a problem; what is no AppError is a bug. */
export function toProblem(error: unknown): Problem {
  if (error instanceof AppError) return error.toProblem();
  return new AppError('INTERNAL', 'Something in Slipway broke', { cause: error }).toProblem();
}
