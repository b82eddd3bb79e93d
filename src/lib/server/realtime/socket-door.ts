/** One page's socket, as the parts that serve it see it. */
import type { Socket } from 'socket.io';
import { AppError } from '#lib/domain/errors.ts';
import type { ClientToServer, Reply, ServerToClient } from '#lib/protocol/socket.ts';
import type { App } from '../app.ts';
import type { Actor } from '../services/access.ts';
import { toProblem } from '../services/operations.ts';

export interface Client {
  readonly actor: Actor;
  /** What ends its subscriptions, by name. */
  readonly endings: Map<string, () => void>;
}

export type AppSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, Client>;

export interface SocketDoor {
  readonly app: App;
  readonly socket: AppSocket;
  readonly actor: Actor;
  /** Replies with what `work` gives, or with the problem that it threw. */
  readonly answer: <Value>(reply: unknown, work: () => Value | Promise<Value>) => void;
  /** Keeps what ends a subscription; an earlier one of the name is ended. All end with the socket. */
  readonly keep: (name: string, ending: () => void) => void;
  readonly end: (name: string) => void;
}

export function openDoor(app: App, socket: AppSocket): SocketDoor {
  const { actor, endings } = socket.data;
  const end = (name: string) => {
    endings.get(name)?.();
    endings.delete(name);
  };
  socket.on('disconnect', () => {
    for (const ending of endings.values()) ending();
    endings.clear();
  });
  const failed = (error: unknown) => {
    if (!(error instanceof AppError)) app.log.error({ err: error }, 'a socket message broke');
    return { ok: false as const, error: toProblem(error) };
  };
  return {
    app,
    socket,
    actor,
    end,
    keep: (name, ending) => {
      end(name);
      // one that was asked for while the socket went away
      if (socket.disconnected) ending();
      else endings.set(name, ending);
    },
    answer<Value>(reply: unknown, work: () => Value | Promise<Value>) {
      const respond = (value: Reply<Value>) => {
        if (typeof reply === 'function') Reflect.apply(reply, undefined, [value]);
      };
      try {
        const value = work();
        if (value instanceof Promise)
          value.then(
            (later: Value) => {
              respond({ ok: true, value: later });
            },
            (error: unknown) => {
              respond(failed(error));
            },
          );
        else respond({ ok: true, value });
      } catch (error) {
        respond(failed(error));
      }
    },
  };
}

/** What a browser sent, whatever the types say: a text, or one that fits nothing. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A number that a browser sent. */
export function count(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new AppError('VALIDATION', 'A number from 0 was expected');
  }
  return value;
}
