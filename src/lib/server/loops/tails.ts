/** Follows the log of every agent that runs: for the archive, for its last line in the lists, for whoever looks, and for what comes from lines. */
import { setTimeout as delay } from 'node:timers/promises';
import { isLive } from '#lib/domain/agent-state.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import { parseBytes } from '#lib/domain/quantities.ts';
import type { AgentView } from '#lib/protocol/views.ts';
import type { LogStore } from '../archive/log-store.ts';
import type { AppBus } from '../messages.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { LoginNeeds } from '../services/login-needs.ts';
import type { PromptNeeds } from '../services/prompt-needs.ts';
import { plainText } from '../streams/plain-text.ts';
import { LogTail } from '../streams/log-tail.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';
import type { TailBoard } from '../streams/tail-board.ts';

const LAST_OUTPUT_CHARACTERS = 240;
/** The last words of a removed agent are on their way. */
const LAST_WORDS_MS = 2_000;

export class Tails {
  readonly #agents: AgentRepository;
  readonly #fleet: Fleet;
  readonly #board: TailBoard;
  readonly #pulses: PulseBoard;
  readonly #logins: LoginNeeds;
  readonly #prompts: PromptNeeds | null;
  readonly #store: LogStore | null;
  readonly #stops: readonly (() => void)[];
  #closed = false;

  constructor(parts: {
    agents: AgentRepository;
    fleet: Fleet;
    board: TailBoard;
    pulses: PulseBoard;
    logins: LoginNeeds;
    prompts?: PromptNeeds;
    bus: AppBus;
    /** null: nothing is kept. */
    store: LogStore | null;
  }) {
    this.#agents = parts.agents;
    this.#fleet = parts.fleet;
    this.#board = parts.board;
    this.#pulses = parts.pulses;
    this.#logins = parts.logins;
    this.#prompts = parts.prompts ?? null;
    this.#store = parts.store;
    this.#stops = [
      parts.bus.on('facts', (facts) => {
        for (const fact of facts) {
          if (fact.kind === 'agent') this.#see(fact.agent);
        }
      }),
      // those that ended while nothing could be kept are read once more
      this.#store?.health.onRecovered(() => {
        this.start();
      }) ?? (() => undefined),
    ];
  }

  /** For those that were there before Slipway was. One that does not run is read to its end: its last words say why. */
  start(): void {
    for (const row of this.#agents.list()) {
      const { containerId } = row;
      if (containerId !== null) this.#board.follow(row.id, () => this.#tail(row, containerId));
    }
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#board.close();
  }

  #see(agent: AgentView): void {
    const { state, containerId } = agent;
    const id = agent.id as AgentId;
    if (state === 'removed') {
      void this.#finish(id);
      this.#pulses.forget(id);
      this.#logins.forget(id);
      this.#prompts?.forget(id);
      return;
    }
    // one that is made and not started gives an empty log that ends at once: following it would end just when its output begins
    const begun = state !== 'starting' || (agent.startedAt !== null && agent.endedAt === null);
    if (!isLive(state) || containerId === null || !begun) return;
    const row = this.#agents.byId(id);
    if (row !== undefined) this.#board.follow(id, () => this.#tail(row, containerId));
  }

  #tail(row: AgentRow, containerId: string): LogTail {
    const tail = new LogTail({
      open: (options) => this.#fleet.engine(row.hostId).logs(containerId, options),
      isRunning: () => this.#isRunning(row, containerId),
      keeper: this.#store?.archive.keeper(row.id, row.hostId, containerId) ?? null,
      fileBytes: parseBytes(row.spec.logging.maxSize),
    });
    tail.subscribe({
      weight: 'light',
      lines: (lines) => {
        const now = this.#agents.byId(row.id) ?? row;
        this.#logins.see(now, lines);
        this.#prompts?.see(now, lines);
        const last = lines.findLast((line) => line.text.trim() !== '');
        if (last === undefined) return;
        const at = Date.parse(last.time);
        this.#pulses.output(
          row.id,
          plainText(last.text).slice(0, LAST_OUTPUT_CHARACTERS),
          Number.isNaN(at) ? Date.now() : at,
        );
      },
      state: (state) => {
        if (state === 'ended') void this.#goOn(row.id);
      },
    });
    return tail;
  }

  /** It may have been started again before its log was read to the end: the fact that told of it found the old tail still at work. */
  async #goOn(id: AgentId): Promise<void> {
    const row = this.#agents.byId(id);
    const now = row?.containerId ?? null;
    if (row === undefined || now === null || !isLive(row.state)) return;
    if ((await this.#isRunning(row, now)) !== true || this.#closed) return;
    this.#board.follow(id, () => this.#tail(row, now));
  }

  async #finish(id: AgentId): Promise<void> {
    const tail = this.#board.get(id);
    await Promise.race([tail?.done, delay(LAST_WORDS_MS)]);
    if (this.#board.get(id) === tail) this.#board.drop(id);
    await this.#store?.archive.finish(id);
  }

  async #isRunning(row: AgentRow, containerId: string): Promise<boolean | null> {
    try {
      const { status } = await this.#fleet.engine(row.hostId).inspectContainer(containerId);
      return status === 'running' || status === 'paused' || status === 'restarting';
    } catch (error) {
      return error instanceof AppError && error.code === 'NOT_FOUND' ? false : null;
    }
  }
}
