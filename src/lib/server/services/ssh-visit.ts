/** What the gateway and the service of ssh sessions give each other. */
import type { AgentId } from '#lib/domain/ids.ts';
import type { ExecSession, OpenExecOptions } from '../engine/engine.ts';
import type { Actor } from './access.ts';

/** Who is there, and in which agent. */
export interface SshVisit {
  readonly actor: Actor;
  readonly agentId: AgentId;
  /** Who to be inside; null: as the container. */
  readonly user: string | null;
}

export interface SshProgram {
  readonly session: ExecSession;
  /** To be called once, when it is over. `why` is for the record. */
  readonly over: (why: string, exitCode: number | null) => void;
}

/** Programs for the files of an agent. `changing` has to be called before each change, `read` and `changed` say what was done. */
export interface SshFiles {
  readonly open: (options: Pick<OpenExecOptions, 'command' | 'stdin'>) => Promise<ExecSession>;
  readonly changing: () => void;
  readonly read: (path: string) => void;
  readonly changed: (what: string) => void;
  readonly over: () => void;
}
