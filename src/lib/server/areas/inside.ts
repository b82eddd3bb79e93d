/** Terminal sessions, programs run inside, messages to stdin. */
import type { AgentId } from '#lib/domain/ids.ts';
import { AgentReach } from '../services/agent-reach.ts';
import { ExecService } from '../services/exec.ts';
import { MessageService } from '../services/messages.ts';
import { TerminalRecordings } from '../services/terminal-recordings.ts';
import { TerminalService } from '../services/terminals.ts';
import { TerminalRepository } from '../storage/terminals.ts';
import type { Area, AreaParts } from './area.ts';

const DAY_MS = 24 * 60 * 60_000;
const SWEEP_MS = 60 * 60_000;

export function composeInside(parts: AreaParts) {
  const reach = new AgentReach(parts);
  const rows = new TerminalRepository(parts.db);
  const recordings = new TerminalRecordings({ ...parts, terminals: rows, dataDir: parts.config.dataDir });
  const typed = (agentId: AgentId, answered = true) => {
    parts.pulses.active(agentId, 'input', Date.now());
    if (answered) parts.prompts.answered(agentId);
  };
  const terminals = new TerminalService({ ...parts, reach, recordings, typed, terminals: rows });
  const exec = new ExecService({ ...parts, reach, secrets: parts.services.secrets });
  const messages = new MessageService({ ...parts, reach, typed });
  // what was recorded is kept as long as what was logged
  const dropOld = () => {
    const before = Date.now() - parts.config.logsKeepDays * DAY_MS;
    recordings.dropBefore(before).catch((error: unknown) => {
      parts.log.warn({ err: error }, 'old recordings could not be taken away');
    });
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    services: { terminals, exec, messages },
    start: () => {
      terminals.recover();
      dropOld();
      timer = setInterval(dropOld, SWEEP_MS);
    },
    close: () => {
      clearInterval(timer);
      return terminals.close();
    },
  } satisfies Area<object>;
}
