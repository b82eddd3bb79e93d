import type { TerminalEnd, TerminalView } from '#lib/protocol/terminal.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { TerminalRow } from '../storage/terminals.ts';
import type { ReachedAgent } from './agent-reach.ts';
import type { TerminalSession } from './terminal-session.ts';

const ENDS: readonly string[] = [
  'exit',
  'ended',
  'unwatched',
  'container',
  'connection',
  'restart',
] satisfies readonly TerminalEnd[];
/** How long after its last output a container may take to be known as ended. */
const END_MS = 1_000;

/** `session` while it is open. */
export function terminalView(row: TerminalRow, session: TerminalSession | undefined): TerminalView {
  const { columns, rows } = session?.size ?? { columns: 80, rows: 24 };
  const { id, agentId, agentName, door, actor, command, user, exitCode, recorded } = row;
  return {
    ...{ id, agentId, agentName, door, actor, command, user, exitCode, recorded },
    state: row.endedAt !== null ? 'ended' : (session?.state ?? 'open'),
    viewers: session?.viewers ?? 0,
    columns,
    rows,
    startedAt: new Date(row.startedAt).toISOString(),
    endedAt: row.endedAt === null ? null : new Date(row.endedAt).toISOString(),
    end: isEnd(row.end) ? row.end : null,
  };
}

/** For people: `bash as root`. */
export function programName({ command, user }: Pick<TerminalRow, 'command' | 'user'>): string {
  const [program = 'the main process'] = command;
  return user === null ? program : `${program} as ${user}`;
}

/** The output of a program that ended with its container stops a moment before the engine knows. */
export async function containerEnded({ engine, containerId, row }: ReachedAgent): Promise<boolean> {
  for (const giveUpAt = Date.now() + END_MS; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    try {
      const { status, startedAt } = await engine.inspectContainer(containerId);
      if (status !== 'running' && status !== 'paused') return true;
      if (startedAt !== null && row.startedAt !== null && startedAt > row.startedAt) return true;
    } catch (error) {
      return error instanceof AppError && error.code === 'NOT_FOUND';
    }
    if (Date.now() > giveUpAt) return false;
  }
}

function isEnd(text: string | null): text is TerminalEnd {
  return text !== null && ENDS.includes(text);
}
