import type { AgentId } from '#lib/domain/ids.ts';
import type { InsideAct } from '#lib/protocol/facts.ts';
import type { Journal } from '../storage/journal.ts';
import { asReason, type Actor } from './access.ts';

const DOORS = { page: 'page', open: 'page', token: 'api', ssh: 'ssh' } as const;

export interface InsideNote {
  readonly act: InsideAct;
  readonly agentId: AgentId;
  /** One line for people, without what was typed or sent. */
  readonly what: string;
  readonly failed?: string;
}

/** Writes down that somebody reached into an agent. */
export function noteInside(journal: Journal, actor: Actor, note: InsideNote): void {
  const door = actor.kind === 'user' ? DOORS[actor.door] : 'api';
  journal.commit((tell) => {
    tell({ kind: 'inside', by: asReason(actor), door, ...note });
  });
}
