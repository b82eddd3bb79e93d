import { AppError } from '#lib/domain/errors.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRow } from '../storage/agents.ts';
import { readLines } from '../streams/log-order.ts';

const READ_MS = 15_000;

/** The newest lines that the engine has of an agent; none when it has no container. Throws SOCKET_ERROR. */
export async function engineLines(fleet: Fleet, row: AgentRow, count: number): Promise<readonly LogLine[]> {
  const { containerId } = row;
  if (containerId === null || row.state === 'removed') return [];
  const signal = AbortSignal.timeout(READ_MS);
  const tail = count >= Number.MAX_SAFE_INTEGER ? null : count;
  const lines = await readLines(
    fleet.engine(row.hostId).logs(containerId, { follow: false, tail, since: null, signal }),
  );
  if (signal.aborted) throw new AppError('SOCKET_ERROR', 'The engine took too long to give the log');
  return lines;
}
