/** `ssh -L`: a connection to a port inside the agent. */
import type { ServerChannel } from 'ssh2';
import { AppError } from '#lib/domain/errors.ts';
import type { SshProgram } from '../services/ssh-visit.ts';
import { drain, feed } from './channel-streams.ts';
import type { SessionParts } from './serve-session.ts';

export interface ForwardWish {
  readonly open: () => ServerChannel;
  readonly refuse: () => void;
  readonly host: string;
  readonly port: number;
}

/** What is meant by the agent itself; other machines are not reached through it. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/;

export async function serveForward(
  wish: ForwardWish,
  { sessions, visit, onBug }: SessionParts,
): Promise<void> {
  if (!LOOPBACK.test(wish.host) || wish.port < 1 || wish.port > 65_535) {
    wish.refuse();
    return;
  }
  let program: SshProgram;
  try {
    program = await sessions.forward(visit(), wish.port);
  } catch (error) {
    if (!(error instanceof AppError)) onBug(error);
    wish.refuse();
    return;
  }
  const { session, over } = program;
  const channel = wish.open();
  channel.once('close', () => {
    void session.end().catch(() => undefined);
  });
  feed(channel, session);
  try {
    await drain(session, channel);
    channel.end();
  } catch {
    // the engine went away in the middle: so does the connection
    channel.close();
  } finally {
    over('it ended', null);
  }
}
