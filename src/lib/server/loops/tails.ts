/** Follows the log of every agent that runs: for its last line in the lists, for whoever looks, and for what comes from lines later on. */
import { isLive } from '#lib/domain/agent-state.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { AgentView } from '#lib/protocol/views.ts';
import type { AppBus } from '../messages.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { LoginNeeds } from '../services/login-needs.ts';
import { plainText } from '../streams/plain-text.ts';
import { LogTail } from '../streams/log-tail.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';
import type { TailBoard } from '../streams/tail-board.ts';

const LAST_OUTPUT_CHARACTERS = 240;

export class Tails {
  readonly #agents: AgentRepository;
  readonly #fleet: Fleet;
  readonly #board: TailBoard;
  readonly #pulses: PulseBoard;
  readonly #logins: LoginNeeds;
  readonly #stop: () => void;
  #closed = false;

  constructor(parts: {
    agents: AgentRepository;
    fleet: Fleet;
    board: TailBoard;
    pulses: PulseBoard;
    logins: LoginNeeds;
    bus: AppBus;
  }) {
    this.#agents = parts.agents;
    this.#fleet = parts.fleet;
    this.#board = parts.board;
    this.#pulses = parts.pulses;
    this.#logins = parts.logins;
    this.#stop = parts.bus.on('facts', (facts) => {
      for (const fact of facts) {
        if (fact.kind === 'agent') this.#see(fact.agent);
      }
    });
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
    this.#stop();
    this.#board.close();
  }

  #see(agent: AgentView): void {
    const { id, state, containerId } = agent;
    if (state === 'removed') {
      this.#board.drop(id);
      this.#pulses.forget(id);
      this.#logins.forget(id);
      return;
    }
    // one that is made and not started gives an empty log that ends at once: following it would end just when its output begins
    const begun = state !== 'starting' || (agent.startedAt !== null && agent.endedAt === null);
    if (!isLive(state) || containerId === null || !begun) return;
    const row = this.#agents.byId(id);
    if (row !== undefined) this.#board.follow(id, () => this.#tail(row, containerId));
  }

  #tail(row: AgentRow, containerId: string): LogTail {
    const tail = new LogTail(
      (options) => this.#fleet.engine(row.hostId).logs(containerId, options),
      () => this.#isRunning(row, containerId),
    );
    tail.subscribe({
      weight: 'light',
      lines: (lines) => {
        this.#logins.see(this.#agents.byId(row.id) ?? row, lines);
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
        if (state === 'ended') void this.#goOn(row.id, containerId);
      },
    });
    return tail;
  }

  /** It may have been started again before its log was read to the end: the fact that told of it found the old tail still at work. */
  async #goOn(id: AgentId, containerId: string): Promise<void> {
    const row = this.#agents.byId(id);
    if (row === undefined || row.containerId !== containerId || !isLive(row.state)) return;
    if ((await this.#isRunning(row, containerId)) !== true || this.#closed) return;
    this.#board.follow(id, () => this.#tail(row, containerId));
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
