/** Terminal sessions of agents: opened, looked at, ended, and what was recorded of them. */
import type { Readable } from 'node:stream';
import { AppError, notFound } from '#lib/domain/errors.ts';
import { newId, type AgentId, type TerminalId } from '#lib/domain/ids.ts';
import { terminalInput } from '#lib/domain/inputs/inside-inputs.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { TerminalEnd, TerminalView } from '#lib/protocol/terminal.ts';
import type { Journal } from '../storage/journal.ts';
import type { TerminalRepository, TerminalRow } from '../storage/terminals.ts';
import type { ViewerDoor } from '../streams/terminal-viewer.ts';
import { asReason, authorize, isAllowed, type Actor } from './access.ts';
import type { AgentReach } from './agent-reach.ts';
import { noteInside } from './inside-audit.ts';
import type { TerminalRecordings } from './terminal-recordings.ts';
import { TerminalSession, type ViewerHandle } from './terminal-session.ts';
import { openMainProcess, openProgram } from './terminal-source.ts';
import { containerEnded, programName, terminalView } from './terminal-views.ts';

export const KEPT_MS = 15 * 60_000;
const MOST_OF_ONE = 10;
const MOST_IN_ALL = 100;
const LISTED = 50;

export interface TerminalParts {
  readonly reach: AgentReach;
  readonly terminals: TerminalRepository;
  readonly journal: Journal;
  /** Somebody has used it; `answered`: its main process got what was typed. */
  readonly typed: (agentId: AgentId, answered: boolean) => void;
  readonly recordings: TerminalRecordings;
  readonly keptMs?: number;
}

interface Open {
  readonly row: TerminalRow;
  readonly session: TerminalSession;
  readonly doors: Set<ViewerDoor>;
}

export class TerminalService {
  readonly #parts: TerminalParts;
  readonly #open = new Map<string, Open>();
  #opening = 0;

  constructor(parts: TerminalParts) {
    this.#parts = parts;
  }

  /** Those of an agent that are open, and the last that were, newest first. */
  list(actor: Actor | null, idOrName: string): readonly TerminalView[] {
    authorize(actor, 'terminal.watch');
    const { reach, terminals } = this.#parts;
    return terminals.ofAgent(reach.find(idOrName).id, LISTED).map((row) => this.#view(row));
  }

  get(actor: Actor | null, id: string): TerminalView {
    authorize(actor, 'terminal.watch');
    return this.#view(this.#row(id));
  }

  /** Throws VALIDATION where there is no such program, CONFLICT for one that does not run, RESOURCE_LIMIT for one session too many. */
  async open(actor: Actor | null, idOrName: string, raw: unknown): Promise<TerminalView> {
    const who = authorize(actor, 'terminal.open');
    const wish = parseInput(terminalInput, raw);
    const by = asReason(who);
    this.#refuseTooMany(by);
    const reached = this.#parts.reach.running(idOrName);
    const { row: agent } = reached;
    const { user, workdir, columns, rows } = wish;
    const size = { columns, rows };
    this.#opening += 1;
    try {
      const program = wish.attach
        ? { source: await openMainProcess(reached, size), command: [] }
        : await openProgram(reached, {
            command: wish.command ?? null,
            size,
            ...(user === undefined ? {} : { user }),
            ...(workdir === undefined ? {} : { workdir }),
          });
      const row: TerminalRow = {
        id: newId<TerminalId>(),
        agentId: agent.id,
        agentName: agent.name,
        door: 'page',
        actor: by,
        command: program.command,
        user: user ?? null,
        recorded: wish.record,
        startedAt: Date.now(),
        endedAt: null,
        end: null,
        exitCode: null,
      };
      const recording = wish.record ? this.#parts.recordings.begin(row, size, programName(row)) : null;
      this.#parts.journal.commit((tell) => {
        this.#parts.terminals.insert(row);
        tell({ kind: 'changed', what: 'terminals', subject: agent.id, by });
      });
      noteInside(this.#parts.journal, who, {
        act: 'terminal',
        agentId: agent.id,
        what: `opened ${programName(row)}${wish.record ? ', recorded' : ''}`,
      });
      const doors = new Set<ViewerDoor>();
      const session = new TerminalSession({
        id: row.id,
        source: program.source,
        size,
        recording,
        keptMs: this.#parts.keptMs ?? KEPT_MS,
        changed: () => {
          for (const door of doors) door.changed();
        },
        typed: () => {
          this.#parts.typed(agent.id, wish.attach);
        },
        containerEnded: () => containerEnded(reached),
        ended: (end, exitCode) => {
          this.#ended(who, row, end, exitCode);
        },
      });
      this.#open.set(row.id, { row, session, doors });
      return this.#view(row);
    } catch (error) {
      if (error instanceof AppError)
        noteInside(this.#parts.journal, who, {
          act: 'terminal',
          agentId: agent.id,
          what: 'wanted a terminal',
          failed: error.message,
        });
      throw error;
    } finally {
      this.#opening -= 1;
    }
  }

  /** Its output goes to the door from now on. Who may not open one may look at it. Throws NOT_FOUND for one that has ended. */
  join(actor: Actor | null, id: string, door: ViewerDoor): ViewerHandle {
    const who = authorize(actor, 'terminal.watch');
    const open = this.#open.get(id);
    if (open === undefined) throw notFound('open terminal', id);
    const handle = open.session.join(door, isAllowed(who, 'terminal.open'));
    open.doors.add(door);
    return {
      ...handle,
      leave: () => {
        open.doors.delete(door);
        handle.leave();
      },
    };
  }

  /** Together with the program that was started for it. Ended already: nothing happens. */
  async end(actor: Actor | null, id: string): Promise<TerminalView> {
    authorize(actor, 'terminal.open');
    const row = this.#row(id);
    await this.#open.get(id)?.session.end('ended');
    return this.#view(this.#parts.terminals.byId(id) ?? row);
  }

  /** The recording as it is kept: asciicast v2. Throws NOT_FOUND when there is none. */
  recording(actor: Actor | null, id: string): Promise<{ readonly bytes: number; readonly file: Readable }> {
    authorize(actor, 'terminal.open');
    return this.#parts.recordings.read(this.#row(id));
  }

  /** Throws NOT_FOUND when there is none, CONFLICT while the session goes on. */
  async deleteRecording(actor: Actor | null, id: string): Promise<void> {
    const who = authorize(actor, 'terminal.open');
    const row = this.#row(id);
    if (!row.recorded) throw notFound('recording', id);
    if (this.#open.has(id)) throw new AppError('CONFLICT', 'The session is still going on');
    await this.#parts.recordings.drop(row, asReason(who));
  }

  /** What a crash of Slipway left open in the records is over. */
  recover(): void {
    for (const row of this.#parts.terminals.open('page'))
      this.#parts.journal.commit((tell) => {
        this.#parts.terminals.end(row.id, { endedAt: Date.now(), end: 'restart', exitCode: null });
        tell({ kind: 'changed', what: 'terminals', subject: row.agentId, by: 'slipway' });
      });
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map(({ session }) => session.end('restart')));
  }

  #ended(who: Actor, row: TerminalRow, end: TerminalEnd, exitCode: number | null): void {
    const { journal, terminals } = this.#parts;
    this.#open.delete(row.id);
    journal.commit((tell) => {
      terminals.end(row.id, { endedAt: Date.now(), end, exitCode });
      tell({ kind: 'changed', what: 'terminals', subject: row.agentId, by: row.actor });
    });
    const code = exitCode === null ? '' : `, code ${exitCode}`;
    noteInside(journal, who, {
      act: 'terminal',
      agentId: row.agentId,
      what: `ended ${programName(row)} (${end}${code})`,
    });
  }

  #refuseTooMany(by: string): void {
    const all = [...this.#open.values()];
    const own = all.filter(({ row }) => row.actor === by).length;
    if (own < MOST_OF_ONE && all.length + this.#opening < MOST_IN_ALL) return;
    throw new AppError(
      'RESOURCE_LIMIT',
      own >= MOST_OF_ONE
        ? `You have ${MOST_OF_ONE} terminals open, which is the most for one person`
        : `There are ${MOST_IN_ALL} terminals open, which is the most`,
      { hint: 'End one of them first.' },
    );
  }

  #row(id: string): TerminalRow {
    const row = this.#parts.terminals.byId(id);
    if (row === undefined) throw notFound('terminal', id);
    return row;
  }

  #view(row: TerminalRow): TerminalView {
    return terminalView(row, this.#open.get(row.id)?.session);
  }
}
