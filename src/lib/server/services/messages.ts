/** Text for the main process of an agent: written to its standard input as it is, through no shell. */
import { AppError, validationError } from '#lib/domain/errors.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import { messageInput } from '#lib/domain/inputs/inside-inputs.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { AttachSession } from '../engine/engine.ts';
import type { Journal } from '../storage/journal.ts';
import { authorize, type Actor } from './access.ts';
import type { AgentReach, ReachedAgent } from './agent-reach.ts';
import { noteInside } from './inside-audit.ts';
import { readResponse } from './message-response.ts';
import { patternProblems } from './re2-pattern.ts';
import { Semaphore } from './semaphore.ts';

const PIECE = 65_536;
const LONGEST_WAIT_MS = 60_000;

export interface Sent {
  readonly sent: true;
  /** What was printed after it, without terminal codes, when it was asked for. */
  readonly response?: string;
}

export interface MessageParts {
  readonly reach: AgentReach;
  readonly journal: Journal;
  /** Somebody has used it, and answered what it may have asked. */
  readonly typed: (agentId: AgentId) => void;
}

export class MessageService {
  readonly #parts: MessageParts;
  readonly #turns = new Map<AgentId, Semaphore>();
  readonly #counts = new Map<string, number>();

  constructor(parts: MessageParts) {
    this.#parts = parts;
  }

  /** How many were sent to it since Slipway started. */
  count(agentId: string): number {
    return this.#counts.get(agentId) ?? 0;
  }

  /**
   * Throws CONFLICT for an agent that does not run or has no open stdin, and OPERATION_TIMEOUT, with what was printed, when there is no whole
   * response in time. One message after the other.
   */
  async send(actor: Actor | null, idOrName: string, raw: unknown, signal?: AbortSignal): Promise<Sent> {
    const who = authorize(actor, 'agents.send');
    const wish = parseInput(messageInput, raw);
    if (wish.pattern !== undefined) {
      const problems = patternProblems('pattern', wish.pattern);
      if (problems.length > 0) throw validationError(problems);
    }
    const { reach, journal } = this.#parts;
    const agentId = reach.find(idOrName).id;
    const bytes = Buffer.byteLength(wish.message);
    const what = `sent ${bytes} bytes`;
    try {
      const reached = reach.running(idOrName);
      refuseWithoutStdin(reached);
      return await this.#turn(agentId, signal, async () => {
        const { engine, containerId, row } = reached;
        const session = await engine.attach(containerId, { stdin: true, output: wish.expectResponse });
        const leave = () => {
          session.close();
        };
        signal?.addEventListener('abort', leave, { once: true });
        try {
          const response = wish.expectResponse ? readResponse(session.output, wish) : null;
          // it may end while the rest of the message is still being written
          response?.catch(() => undefined);
          await write(session, Buffer.from(lineOf(wish.message, row.spec.tty)));
          this.#counts.set(agentId, this.count(agentId) + 1);
          this.#parts.typed(agentId);
          noteInside(journal, who, { act: 'send', agentId, what });
          return response === null ? { sent: true } : { sent: true, response: await response };
        } finally {
          signal?.removeEventListener('abort', leave);
          session.close();
        }
      });
    } catch (error) {
      if (error instanceof AppError && error.code !== 'OPERATION_TIMEOUT')
        noteInside(journal, who, { act: 'send', agentId, what, failed: error.message });
      throw error;
    }
  }

  #turn<Value>(
    agentId: AgentId,
    signal: AbortSignal | undefined,
    work: () => Promise<Value>,
  ): Promise<Value> {
    const turn = this.#turns.get(agentId) ?? new Semaphore(1);
    this.#turns.set(agentId, turn);
    return turn.run(signal ?? AbortSignal.timeout(LONGEST_WAIT_MS), work);
  }
}

function refuseWithoutStdin({ row }: ReachedAgent): void {
  if (row.spec.stdin) return;
  throw new AppError('CONFLICT', `The main process of ${row.name} has no open stdin`, {
    hint: 'Make the agent with "stdin": true (docker run -i) to send it messages; exec and terminals work without.',
  });
}

/** Enter is a line feed in a pipe, and a carriage return on a terminal. */
function lineOf(message: string, tty: boolean): string {
  if (/[\r\n]$/.test(message)) return message;
  return `${message}${tty ? '\r' : '\n'}`;
}

async function write(session: AttachSession, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += PIECE) await session.write(bytes.subarray(at, at + PIECE));
}
