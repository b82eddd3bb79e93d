/**
 * What people do inside an agent by ssh: shells, commands, files and forwarded ports. Each method asks for its right in the first line and
 * writes down who did it; an open session counts as activity of its agent.
 */
import { AppError, notFound } from '#lib/domain/errors.ts';
import { newId, type AgentId, type TerminalId } from '#lib/domain/ids.ts';
import type { SshUser } from '#lib/domain/ssh-user.ts';
import type { InsideAct } from '#lib/protocol/facts.ts';
import type { OpenExecOptions, TerminalSize } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { Journal } from '../storage/journal.ts';
import type { TerminalRepository } from '../storage/terminals.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';
import { asReason, authorize, type Actor, type Right } from './access.ts';
import type { InsideDial } from './inside-dial.ts';
import { programName, withShell } from './inside-shell.ts';
import type { SshFiles, SshProgram, SshVisit } from './ssh-visit.ts';
import { containerIdOf, rowOf } from './verb-tools.ts';

/** How often an open session is noted as activity. */
export const ACTIVITY_MS = 5_000;

export interface SshSessionParts {
  readonly agents: AgentRepository;
  readonly fleet: Fleet;
  readonly journal: Journal;
  readonly terminals: Pick<TerminalRepository, 'insert' | 'end'>;
  readonly pulses: PulseBoard;
  readonly dial: InsideDial;
}

export class SshSessions {
  readonly #parts: SshSessionParts;
  readonly #open = new Map<AgentId, number>();
  #left: (() => void)[] = [];

  constructor(parts: SshSessionParts) {
    this.#parts = parts;
  }

  /** The agent behind a user name of ssh. Throws NOT_FOUND. */
  visit(actor: Actor | null, { agent, user }: SshUser): SshVisit {
    const who = authorize(actor, 'agents.see');
    const { agents } = this.#parts;
    const row = agents.byName(agent) ?? agents.byId(agent);
    if (row === undefined || row.state === 'removed') throw notFound('agent', agent);
    return { actor: who, agentId: row.id, user };
  }

  /** `bash`, else `sh`. */
  shell(
    visit: SshVisit,
    options: { readonly terminal: TerminalSize | null; readonly env: Readonly<Record<string, string>> },
  ): Promise<SshProgram> {
    return this.#program(visit, 'terminal.open', 'shell', (shell) => ({
      ...options,
      command: [shell],
      stdin: true,
    }));
  }

  /** The words as they came, for the shell inside: so does every ssh server. */
  run(
    visit: SshVisit,
    words: string,
    options: { readonly terminal: TerminalSize | null; readonly env: Readonly<Record<string, string>> },
  ): Promise<SshProgram> {
    return this.#program(visit, 'agents.exec', `ran ${programName(words)}`, (shell) => ({
      ...options,
      command: [shell, '-c', words],
      stdin: true,
    }));
  }

  files(visit: SshVisit): SshFiles {
    authorize(visit.actor, 'files.read');
    const { engine, containerId, row } = this.#reach(visit);
    const left = this.#enter(row.id);
    this.#tell(visit, 'ssh', 'opened its files');
    return {
      open: (options) =>
        this.#running(row, () =>
          engine.openExec(containerId, { ...options, ...asUser(visit), terminal: null }),
        ),
      changing: () => {
        authorize(visit.actor, 'files.change');
      },
      read: (path) => {
        this.#tell(visit, 'file-read', cut(path));
      },
      changed: (what) => {
        this.#tell(visit, 'file-write', cut(what));
      },
      over: left,
    };
  }

  /** A connection to a port that is open inside on the loopback address. Throws VALIDATION when nothing inside can make one. */
  async forward(visit: SshVisit, port: number): Promise<SshProgram> {
    authorize(visit.actor, 'agents.exec');
    const { engine, containerId, row } = this.#reach(visit);
    const session = await this.#running(row, () => this.#parts.dial.open(engine, containerId, port));
    const left = this.#enter(row.id);
    this.#tell(visit, 'ssh', `forwarded port ${port}`);
    return { session, over: left };
  }

  /** Resolves when nobody is inside any more. The caller has ended what there was. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await new Promise<void>((resolve) => this.#left.push(resolve));
  }

  /** Notes all open sessions as activity. */
  noteActivity(now: number): void {
    for (const agentId of this.#open.keys()) this.#parts.pulses.active(agentId, 'ssh', now);
  }

  async #program(
    visit: SshVisit,
    right: Right,
    what: string,
    options: (shell: string) => OpenExecOptions,
  ): Promise<SshProgram> {
    try {
      authorize(visit.actor, right);
      const { engine, containerId, row } = this.#reach(visit);
      const { session, command } = await this.#running(row, () =>
        withShell(engine, containerId, (shell) => ({ ...options(shell), ...asUser(visit) })),
      );
      const left = this.#enter(row.id);
      this.#tell(visit, 'ssh', what);
      const ended = right === 'terminal.open' ? this.#recorded(visit, row, command) : () => undefined;
      return {
        session,
        over: (why, exitCode) => {
          left();
          ended(why, exitCode);
        },
      };
    } catch (error) {
      if (error instanceof AppError) this.#tell(visit, 'ssh', what, error.message);
      throw error;
    }
  }

  #recorded(visit: SshVisit, row: AgentRow, command: readonly string[]): SshProgram['over'] {
    const { journal, terminals } = this.#parts;
    const id = newId<TerminalId>();
    journal.commit((tell) => {
      terminals.insert({
        id,
        agentId: row.id,
        agentName: row.name,
        door: 'ssh',
        actor: visit.actor.name,
        command,
        user: visit.user,
        recorded: false,
        startedAt: Date.now(),
        endedAt: null,
        end: null,
        exitCode: null,
      });
      tell({ kind: 'changed', what: 'terminals', subject: row.id, by: asReason(visit.actor) });
    });
    return (end, exitCode) => {
      journal.commit((tell) => {
        terminals.end(id, { endedAt: Date.now(), end, exitCode });
        tell({ kind: 'changed', what: 'terminals', subject: row.id, by: asReason(visit.actor) });
      });
    };
  }

  #reach({ agentId }: SshVisit) {
    const row = rowOf(this.#parts.agents, agentId);
    return { row, engine: this.#parts.fleet.engine(row.hostId), containerId: containerIdOf(row) };
  }

  /** The engine says that a container does not run; people want to know which agent, and what to do. */
  async #running<Value>(row: AgentRow, work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error;
      const { state } = rowOf(this.#parts.agents, row.id);
      throw new AppError('CONFLICT', `${row.name} does not run: it is ${state}`, {
        hint: `Start it, then connect again: POST /api/agents/${row.name}/start, or its page.`,
        cause: error,
      });
    }
  }

  #enter(agentId: AgentId): () => void {
    const count = (change: number) => {
      const now = (this.#open.get(agentId) ?? 0) + change;
      if (now > 0) this.#open.set(agentId, now);
      else this.#open.delete(agentId);
      for (const tell of this.#left.splice(0)) tell();
      this.#parts.pulses.active(agentId, 'ssh', Date.now());
    };
    count(1);
    let inside = true;
    return () => {
      if (inside) count(-1);
      inside = false;
    };
  }

  #tell({ actor, agentId }: SshVisit, act: InsideAct, what: string, failed?: string): void {
    this.#parts.journal.commit((tell) => {
      tell({
        kind: 'inside',
        act,
        agentId,
        by: asReason(actor),
        door: 'ssh',
        what,
        ...(failed === undefined ? {} : { failed }),
      });
    });
  }
}

function asUser({ user }: SshVisit): { readonly user?: string } {
  return user === null ? {} : { user };
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
