/** What a person can do with agents. Every method asks for the right in its first line; the flows behind it are beside this file. */
import { isDeepStrictEqual } from 'node:util';
import { can, type AgentCommand, type AgentState } from '#lib/domain/agent-state.ts';
import { AppError, notFound } from '#lib/domain/errors.ts';
import type { SnapshotId } from '#lib/domain/ids.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { specInput, type SpecInput } from '#lib/domain/inputs/spawn-input.ts';
import {
  cloneInput,
  keepAliveInput,
  killInput,
  recreateInput,
  removeInput,
  renameInput,
  stopInput,
  updateInput,
} from '#lib/domain/inputs/verb-inputs.ts';
import { mergeInput } from '#lib/domain/merge-input.ts';
import type { PlainInput } from '#lib/domain/spec-input.ts';
import type { AgentDetailView, OperationKind } from '#lib/protocol/views.ts';
import type { AgentRow } from '../storage/agents.ts';
import { asReason, authorize, type Actor } from './access.ts';
import { AgentReading, type ReadingParts } from './agent-reading.ts';
import type { Changes } from './changes.ts';
import type { StartedOperation } from './operations.ts';
import type { RecreateFlow } from './recreate-flow.ts';
import type { Removal } from './removal.ts';
import type { SnapshotRules } from './snapshot-rules.ts';
import type { Spawned, Spawning } from './spawning.ts';
import type { Verbs } from './verbs.ts';

export interface AgentServiceParts extends ReadingParts {
  readonly spawning: Spawning;
  readonly verbs: Verbs;
  readonly removal: Removal;
  readonly changes: Changes;
  readonly recreateFlow: RecreateFlow;
  readonly rules: Pick<SnapshotRules, 'beforeStop'>;
  readonly newestSnapshot: (row: AgentRow) => { readonly id: SnapshotId; readonly image: string } | null;
}

/** Which operation a cancel takes back. */
const CANCELS: Readonly<Partial<Record<AgentState, OperationKind>>> = {
  stopping: 'stop',
  removing: 'remove',
};

export class AgentService extends AgentReading<AgentServiceParts> {
  /** Makes an agent. Gives it in `queued` at once; with `wait` when it is ready, or throws why not. */
  async spawn(
    actor: Actor | null,
    input: unknown,
    options: { wait?: boolean; idempotencyKey?: string | null } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const spawned: Spawned = await this.parts.spawning.spawn(who, input, options.idempotencyKey ?? null);
    if (options.wait === true && spawned.operation !== null) await spawned.operation.done;
    return this.detail(this.row(spawned.row.id));
  }

  /**
   * Same container, filesystem as it was. Of one that could not be made: tries again. Running already: success. Of one whose container is gone:
   * from its newest snapshot, if the caller agrees by `fromSnapshot`; throws CONFLICT else, and NAME_TAKEN when another has its name.
   */
  async start(
    actor: Actor | null,
    idOrName: string,
    options: { wait?: boolean; fromSnapshot?: boolean } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const row = this.row(idOrName);
    if (row.state === 'removed') {
      const revived = await this.#revive(who, row, options.fromSnapshot === true);
      return this.#finish(row, revived.done, options);
    }
    if (row.state === 'ready' || row.state === 'starting') return this.detail(row);
    this.#guard(row, 'start');
    if (row.containerId === null)
      return this.#finish(row, this.parts.spawning.again(row, asReason(who)).done, options);
    return this.#finish(row, this.parts.verbs.start(row, asReason(who)).done, options);
  }

  /**
   * SIGTERM, then SIGKILL after `timeout`. With `delay` the command waits that long and can be taken back meanwhile. Stopped already: success.
   */
  stop(
    actor: Actor | null,
    idOrName: string,
    input: unknown = {},
    options: { wait?: boolean } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const wish = parseInput(stopInput, input);
    const row = this.row(idOrName);
    if (row.state === 'stopped' || row.state === 'exited' || row.state === 'crashed')
      return Promise.resolve(this.detail(row));
    if (row.state === 'stopping') return Promise.resolve(this.detail(row));
    this.#guard(row, 'stop');
    const { verbs, rules } = this.parts;
    const first = rules.beforeStop(row, who.name, wish.snapshot);
    return this.#finish(row, verbs.stop(row, asReason(who), wish, first).done, options);
  }

  restart(
    actor: Actor | null,
    idOrName: string,
    input: unknown = {},
    options: { wait?: boolean } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const { timeout } = parseInput(stopInput, input);
    const row = this.row(idOrName);
    this.#guard(row, 'restart');
    return this.#finish(row, this.parts.verbs.restart(row, asReason(who), timeout).done, options);
  }

  async pause(actor: Actor | null, idOrName: string): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const row = this.row(idOrName);
    if (row.state === 'paused') return this.detail(row);
    this.#guard(row, 'pause');
    return this.detail(await this.parts.verbs.pause(row, asReason(who)));
  }

  async resume(actor: Actor | null, idOrName: string): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const row = this.row(idOrName);
    if (row.state === 'ready') return this.detail(row);
    this.#guard(row, 'resume');
    return this.detail(await this.parts.verbs.resume(row, asReason(who)));
  }

  async kill(actor: Actor | null, idOrName: string, input: unknown = {}): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const { signal } = parseInput(killInput, input);
    const row = this.row(idOrName);
    this.#guard(row, 'kill');
    return this.detail(await this.parts.verbs.kill(row, asReason(who), signal));
  }

  /** Stops it if told to by `force`, and removes the container. History and snapshots stay. Throws CONFLICT while it runs without `force`. */
  remove(
    actor: Actor | null,
    idOrName: string,
    input: unknown = {},
    options: { wait?: boolean } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const wish = parseInput(removeInput, input);
    const row = this.row(idOrName);
    if (row.state === 'removed') throw notFound('agent', idOrName);
    const running = row.startedAt !== null && row.endedAt === null;
    if (running && !wish.force) {
      throw new AppError('CONFLICT', `${row.name} is running`, {
        hint: 'Stop it first, or remove it with force.',
      });
    }
    // in its grace it can be told to go at once
    const inGrace = row.state === 'removing' && row.wanted !== 'removed';
    if (row.state === 'removing' && !(inGrace && wish.force && wish.grace === 0))
      return Promise.resolve(this.detail(row));
    const removal = { timeoutMs: wish.timeout, graceMs: wish.grace, snapshot: wish.snapshot };
    return this.#finish(row, this.parts.removal.remove(row, asReason(who), removal).done, options);
  }

  /** Throws NAME_TAKEN. */
  async rename(actor: Actor | null, idOrName: string, input: unknown): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const { name } = parseInput(renameInput, input);
    const { spawning, changes, fleet } = this.parts;
    const row = this.row(idOrName);
    if (row.name === name) return this.detail(row);
    this.#guard(row, 'rename');
    await spawning.refuseTakenName(fleet.engine(row.hostId), name);
    await changes.rename(this.row(row.id), asReason(who), name).done;
    return this.detail(this.row(row.id));
  }

  /**
   * Limits, restart policy, idle rule, ttl, notes and colour, without a restart; also the name. Throws TAGS_IMMUTABLE for a change of tags.
   */
  async update(actor: Actor | null, idOrName: string, input: unknown): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const { name, tags, ...wish } = parseInput(updateInput, input);
    const row = this.row(idOrName);
    refuseOtherTags(row, tags);
    const { notes, color, ...forContainer } = wish;
    // what is only noted here can be changed whatever it does, also of one that is gone
    if (Object.values(forContainer).some((each) => each !== undefined)) {
      this.#guard(row, 'update');
      // its next container is made of what was asked for before
      if (this.parts.operations.findRunning(row.id, 'recreate') !== undefined)
        throw new AppError('CONFLICT', `${row.name} is being recreated`, {
          hint: 'Wait until that is over.',
        });
    }
    if (name !== undefined) await this.rename(who, row.id, { name });
    if (notes !== undefined || color !== undefined || Object.keys(forContainer).length > 0)
      await this.parts.changes.update(this.row(row.id), asReason(who), wish).done;
    return this.detail(this.row(row.id));
  }

  /**
   * A new container with some fields other than they are: the old one is given up when the new one is ready. Of an agent without a container:
   * tries again with these fields. Throws TAGS_IMMUTABLE, and what a spawn throws.
   */
  recreate(
    actor: Actor | null,
    idOrName: string,
    input: unknown = {},
    options: { wait?: boolean } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const { specs, spawning, recreateFlow } = this.parts;
    const { timeout, ...changes } = parseInput(recreateInput, input);
    const row = this.row(idOrName);
    refuseOtherTags(row, changes['tags']);
    this.#guard(row, 'recreate');
    const spec = specs.make(who, row.name, specs.type(row.type), this.#changed(row, changes));
    const done =
      row.containerId === null
        ? spawning.again(row, asReason(who), spec).done
        : recreateFlow.recreate(row, asReason(who), spec, timeout, asRequest(input)).done;
    return this.#finish(row, done, options);
  }

  /** The same spec under a new name; fields may be other than they are. Of a removed one too. */
  async clone(
    actor: Actor | null,
    idOrName: string,
    input: unknown = {},
    options: { wait?: boolean } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const { specs, spawning, fleet } = this.parts;
    const { name, host, ...changes } = parseInput(cloneInput, input);
    const row = this.row(idOrName);
    const merged = this.#changed(row, changes);
    const spawned = await spawning.create(who, {
      name: name ?? null,
      type: row.type,
      host: host ?? fleet.find(row.hostId)?.name ?? 'auto',
      notes: row.notes,
      spec: (chosen) => specs.make(who, chosen, specs.type(row.type), merged),
    });
    return this.#finish(spawned.row, spawned.operation?.done ?? Promise.resolve(), options);
  }

  /** Its idle time is not counted for a while. Throws CONFLICT when it does not run. */
  keepAlive(actor: Actor | null, idOrName: string, input: unknown = {}): AgentDetailView {
    authorize(actor, 'agents.change');
    const { seconds } = parseInput(keepAliveInput, input);
    const row = this.row(idOrName);
    if (row.startedAt === null || row.endedAt !== null)
      throw new AppError('CONFLICT', `${row.name} is not running`, { hint: 'Start it.' });
    const until = Date.now() + (seconds ?? row.spec.idle.timeout) * 1000;
    return this.detail(this.parts.records.patch(row.id, { keepAliveUntil: until }));
  }

  /** Takes back a spawn that is not ready yet, or a stop or a removal that is still counting down. */
  cancel(actor: Actor | null, idOrName: string): AgentDetailView {
    authorize(actor, 'agents.change');
    const { operations } = this.parts;
    const row = this.row(idOrName);
    this.#guard(row, 'cancel');
    const operation =
      operations.findRunning(row.id, CANCELS[row.state] ?? 'spawn') ??
      operations.findRunning(row.id, 'start');
    if (operation === undefined) throw new AppError('CONFLICT', 'There is nothing left to cancel');
    operations.cancel(actor, operation);
    return this.detail(this.row(row.id));
  }

  /** The fields of an agent with changes laid over them. Throws VALIDATION that names the field as the caller wrote it. */
  #changed(row: AgentRow, changes: PlainInput): SpecInput {
    const kept = this.parts.specs.asInput(row.name, row.type, row.spec);
    return parseInput(specInput, mergeInput(kept, changes));
  }

  async #revive(actor: Actor, row: AgentRow, agreed: boolean): Promise<StartedOperation<AgentRow>> {
    const { newestSnapshot, spawning, records, fleet } = this.parts;
    const newest = newestSnapshot(row);
    if (!agreed || newest === null) {
      throw new AppError('CONFLICT', `The container of ${row.name} is gone`, {
        hint:
          newest === null
            ? 'It has no snapshot to start from: launch a new one like it.'
            : 'Start it from its newest snapshot with "fromSnapshot": true.',
      });
    }
    await spawning.refuseTakenName(fleet.engine(row.hostId), row.name);
    const again = spawning.again(row, asReason(actor), {
      ...row.spec,
      image: newest.image,
      pull: 'never',
      build: null,
    });
    records.patch(row.id, { snapshotId: newest.id });
    return again;
  }

  async #finish(
    row: AgentRow,
    done: Promise<unknown>,
    options: { wait?: boolean },
  ): Promise<AgentDetailView> {
    if (options.wait === true) await done;
    return this.detail(this.row(row.id));
  }

  #guard(row: AgentRow, command: AgentCommand): void {
    this.parts.fleet.engine(row.hostId);
    const view = this.parts.records.view(row);
    if (can(row.state, command) && view.can.includes(command)) return;
    const now = row.state === 'failed' && row.error !== null ? 'it failed' : `it is ${row.state}`;
    throw new AppError('CONFLICT', `${row.name} cannot ${command} now: ${now}`, {
      hint:
        view.can.length === 0 ? 'Nothing can be done with it now.' : `Possible now: ${view.can.join(', ')}.`,
    });
  }
}

/** Tags are labels of the container, and labels cannot be changed. */
function refuseOtherTags(row: AgentRow, tags: unknown): void {
  if (tags === undefined || isDeepStrictEqual(tags, row.spec.tags)) return;
  throw new AppError('TAGS_IMMUTABLE', `The tags of ${row.name} cannot be changed`);
}

function asRequest(input: unknown): Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null ? { ...input } : {};
}
