/** "Test this type": a throw-away agent of it is launched, waited for and removed again, however it went. */
import { randomBytes } from 'node:crypto';
import type { AgentType } from '#lib/domain/agent-types.ts';
import { AppError, notFound } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { typeTestInput } from '#lib/domain/inputs/type-input.ts';
import type { OperationView, StepView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import { asReason, authorize, type Actor } from './access.ts';
import { lastOutput } from './last-output.ts';
import type { Operation, Operations } from './operations.ts';
import type { Removal } from './removal.ts';
import type { Spawned, Spawning } from './spawning.ts';
import type { TypeCatalogue } from './type-catalogue.ts';

export interface TypeTestParts {
  readonly catalogue: TypeCatalogue;
  readonly spawning: Spawning;
  readonly removal: Removal;
  readonly operations: Operations;
  readonly agents: AgentRepository;
  readonly fleet: Fleet;
}

const OUTPUT_LINES = 50;
/** It is thrown away: nothing in it is worth waiting for. */
const STOP_TIMEOUT_MS = 2_000;

export class TypeTest {
  readonly #parts: TypeTestParts;

  constructor(parts: TypeTestParts) {
    this.#parts = parts;
  }

  /**
   * Gives the operation, with `wait` when it is over. How long each step took is its output; a failure has the agent's last output in its
   * details. Throws what a spawn of this type would be refused with.
   */
  async test(
    actor: Actor | null,
    name: string,
    raw: unknown,
    { wait }: { readonly wait: boolean },
  ): Promise<OperationView> {
    const who = authorize(actor, 'agents.change');
    const { catalogue, spawning, operations } = this.#parts;
    const type = catalogue.get(name);
    if (type === undefined) throw notFound('agent type', name);
    const { host } = parseInput(typeTestInput, raw);
    const spawned = await spawning.spawn(who, wishFor(type, host), null);
    const started = operations.start(
      {
        kind: 'type-test',
        agent: null,
        hostId: spawned.row.hostId,
        actor: asReason(who),
        steps: ['spawn', 'remove'],
        cancellable: true,
        request: { type: type.name, host },
      },
      (operation) => this.#run(operation, spawned, asReason(who)),
    );
    if (wait) await started.done;
    return operations.get(who, started.id);
  }

  async #run(operation: Operation, { row, operation: spawn }: Spawned, reason: string): Promise<void> {
    const remove = async () => {
      await this.#parts.removal.remove(this.#row(row), reason, { timeoutMs: STOP_TIMEOUT_MS, graceMs: 0 })
        .done;
    };
    try {
      await operation.step('spawn', async (note) => {
        const began = Date.now();
        // a removal cancels the spawn, and waits for its end
        await Promise.race([spawn?.done, aborted(operation.signal)]);
        note(`${row.name} was ready after ${seconds(Date.now() - began)}`);
      });
    } catch (error) {
      const output = await this.#lastOutput(row);
      for (const line of this.#timesOf(row)) operation.output(line);
      if (operation.signal.aborted) await remove();
      else await operation.step('remove', remove);
      throw withOutput(error, output);
    }
    for (const line of this.#timesOf(row)) operation.output(line);
    await operation.step('remove', async (note) => {
      await remove();
      note('nothing is left of it');
    });
  }

  /** What the container said; one that was cleaned up after its failure says nothing more. */
  async #lastOutput({ id }: AgentRow): Promise<readonly string[]> {
    const row = this.#row({ id });
    if (row.containerId === null) return [];
    return lastOutput(this.#parts.fleet.engine(row.hostId), row.containerId, OUTPUT_LINES);
  }

  /** `image: here already, 0.1 s` for each step that the spawn came to. */
  #timesOf({ id }: AgentRow): readonly string[] {
    const spawn = this.#parts.operations.ofAgent(id, 20).find((each) => each.kind === 'spawn');
    return (spawn?.steps ?? []).flatMap((step) => {
      const took = durationMs(step);
      const words = [...(step.note === null ? [] : [step.note]), ...(took === null ? [] : [seconds(took)])];
      return step.startedAt === null ? [] : [`${step.name}: ${words.join(', ')}`];
    });
  }

  #row({ id }: Pick<AgentRow, 'id'>): AgentRow {
    const row = this.#parts.agents.byId(id);
    if (row === undefined) throw new Error(`no agent ${id}`);
    return row;
  }
}

/** Under a name that is free, and without what a type may want to have kept of its agents. */
function wishFor(type: AgentType, host: string): Readonly<Record<string, unknown>> {
  const name = `test-${type.name.slice(0, 40)}-${randomBytes(3).toString('hex')}`;
  return { name, type: type.name, host, snapshots: { beforeStop: false, beforeRemove: false } };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => {
      reject(signal.reason instanceof Error ? signal.reason : new AppError('CANCELLED', 'It was cancelled'));
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

function withOutput(error: unknown, output: readonly string[]): unknown {
  if (!(error instanceof AppError) || output.length === 0 || error.details?.output !== undefined)
    return error;
  return new AppError(error.code, error.message, {
    hint: error.hint,
    details: { ...error.details, output },
    cause: error,
  });
}

function durationMs({ startedAt, endedAt }: StepView): number | null {
  return startedAt === null || endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
