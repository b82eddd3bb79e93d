/**
 * The socket.io side of protocol/socket.ts: authenticates, keeps subscriptions, publishes. Facts go out as they are written; figures once a
 * second; log lines as their tail gives them, and a browser that is too slow is told how many lines it missed instead of filling memory.
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { AppError } from '#lib/domain/errors.ts';
import { SOCKET_PATH, type ClientToServer, type Reply, type ServerToClient } from '#lib/protocol/socket.ts';
import type { App } from '../app.ts';
import { authorize, type Actor } from '../services/access.ts';
import { toProblem } from '../services/operations.ts';
import { followLog } from './log-subscription.ts';

interface Client {
  readonly actor: Actor;
  /** What ends its subscriptions, by name. */
  readonly endings: Map<string, () => void>;
}

export type AppSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, Client>;

/** How often a page's session is looked at again: one that ended elsewhere loses its socket too. */
const RECHECK_MS = 30_000;
const PULSES_MS = 1_000;

export interface Realtime {
  close(): Promise<void>;
}

/** `authenticate` gives the actor of a handshake, or null to refuse it. */
export function attachRealtime(
  http: HttpServer,
  app: App,
  authenticate: (request: IncomingMessage) => Actor | null,
): Realtime {
  const io = new Server<ClientToServer, ServerToClient, Record<string, never>, Client>(http, {
    path: SOCKET_PATH,
    serveClient: false,
    destroyUpgrade: false,
    perMessageDeflate: false,
    maxHttpBufferSize: 64 * 1024,
    // a websocket knows no CORS: origin and session are checked here
    allowRequest: (request, decide) => {
      decide(null, authenticate(request) !== null);
    },
  });
  io.use((socket, next) => {
    const actor = authenticate(socket.request);
    if (actor === null) {
      next(new Error('UNAUTHENTICATED'));
      return;
    }
    Object.assign(socket.data, { actor, endings: new Map() });
    next();
  });
  io.on('connection', (socket) => {
    serve(app, socket);
  });

  const stopFacts = app.bus.on('facts', (facts) => io.to('facts').emit('facts', facts));
  const stopProgress = app.bus.on('progress', (progress) => io.to('facts').emit('progress', progress));
  const pulses = setInterval(() => {
    const changed = app.pulses.takeChanged();
    if (changed.length === 0) return;
    const now = Date.now();
    const news = Object.fromEntries(
      changed.flatMap((id) => {
        const pulse = app.pulses.pulse(id, now);
        return pulse === null ? [] : [[id, pulse] as const];
      }),
    );
    io.to('pulses').volatile.emit('pulses', news);
  }, PULSES_MS);
  const recheck = setInterval(() => {
    for (const socket of io.sockets.sockets.values())
      if (authenticate(socket.request) === null) socket.disconnect(true);
  }, RECHECK_MS);

  return {
    close: async () => {
      clearInterval(pulses);
      clearInterval(recheck);
      stopFacts();
      stopProgress();
      // the http server is the entry's to close: only our sockets end here
      io.disconnectSockets(true);
      io.engine.close();
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    },
  };
}

function serve(app: App, socket: AppSocket): void {
  const { actor, endings } = socket.data;
  const end = (name: string) => {
    endings.get(name)?.();
    endings.delete(name);
  };
  const keep = (name: string, ending: () => void) => {
    end(name);
    endings.set(name, ending);
  };

  socket.on('hello', (since, reply) => {
    answer(reply, () => {
      authorize(actor, 'agents.see');
      const missed = app.journal.since(count(since));
      void socket.join('facts');
      if (missed !== null && missed.length > 0) socket.emit('facts', missed);
      return { reload: missed === null, seq: app.journal.seq() };
    });
  });

  socket.on('followLog', (agentId, after, reply) => {
    answer(reply, () => {
      const agent = app.services.agents.get(actor, text(agentId));
      const cursor = cursorOf(after);
      keep(`log ${agent.id}`, followLog(app.tails, socket, agent.id, cursor));
      return null;
    });
  });
  socket.on('unfollowLog', (agentId) => {
    end(`log ${text(agentId)}`);
  });

  socket.on('followStats', (agentId, reply) => {
    answer(reply, () => {
      const agent = app.services.agents.get(actor, text(agentId));
      const stopWatching = app.sampler.watch(agent.id);
      let sent = app.services.agents.samples(actor, agent.id).at(-1)?.at ?? 0;
      const timer = setInterval(() => {
        const news = app.services.agents.samples(actor, agent.id).filter((sample) => sample.at > sent);
        const last = news.at(-1);
        if (last === undefined) return;
        sent = last.at;
        socket.emit('stats', agent.id, news);
      }, PULSES_MS);
      keep(`stats ${agent.id}`, () => {
        clearInterval(timer);
        stopWatching();
      });
      return app.services.agents.samples(actor, agent.id);
    });
  });
  socket.on('unfollowStats', (agentId) => {
    end(`stats ${text(agentId)}`);
  });

  socket.on('followPulses', (reply) => {
    answer(reply, () => {
      const pulses = app.services.agents.pulses(actor);
      void socket.join('pulses');
      return pulses;
    });
  });
  socket.on('unfollowPulses', () => {
    void socket.leave('pulses');
  });

  socket.on('disconnect', () => {
    for (const ending of endings.values()) ending();
    endings.clear();
  });

  function answer<Value>(reply: unknown, work: () => Value): void {
    const respond =
      typeof reply === 'function'
        ? (value: Reply<Value>) => void Reflect.apply(reply, undefined, [value])
        : () => undefined;
    try {
      respond({ ok: true, value: work() });
    } catch (error) {
      const problem = toProblem(error);
      if (!(error instanceof AppError)) app.log.error({ err: error }, 'a socket message broke');
      respond({ ok: false, error: problem });
    }
  }
}

/** What a browser sent, whatever the types say: a text, or one that fits nothing. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function cursorOf(value: unknown): { readonly seq: number; readonly time: string } | null {
  if (typeof value !== 'object' || value === null) return null;
  return { seq: count(Reflect.get(value, 'seq')), time: text(Reflect.get(value, 'time')) };
}

/** A number that a browser sent. */
function count(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new AppError('VALIDATION', 'A number from 0 was expected');
  }
  return value;
}
