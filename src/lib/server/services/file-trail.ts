/** What somebody did to the files of an agent, also in vain, as a fact. */
import { AppError } from '#lib/domain/errors.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { Journal } from '../storage/journal.ts';
import { asReason, type Actor } from './access.ts';

const MOST_CHARACTERS = 200;

export class FileTrail {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** What the work gives. What it throws is told too. */
  async of<Value>(
    actor: Actor,
    act: 'file-read' | 'file-write',
    agentId: AgentId,
    what: string,
    work: () => Promise<Value>,
  ): Promise<Value> {
    try {
      const value = await work();
      this.#tell(actor, act, agentId, what);
      return value;
    } catch (error) {
      if (error instanceof AppError) this.#tell(actor, act, agentId, what, error.message);
      throw error;
    }
  }

  #tell(
    actor: Actor,
    act: 'file-read' | 'file-write',
    agentId: AgentId,
    what: string,
    failed?: string,
  ): void {
    const door = actor.kind === 'user' && actor.door !== 'token' ? 'page' : 'api';
    this.#journal.commit((tell) => {
      tell({
        kind: 'inside',
        act,
        agentId,
        by: asReason(actor),
        door,
        what: cut(what),
        ...(failed === undefined ? {} : { failed: cut(failed) }),
      });
    });
  }
}

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}
