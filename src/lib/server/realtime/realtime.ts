/**
 * The socket.io side of protocol/socket.ts: authenticates, serves the events of each part, publishes. Facts go out as they are written; figures
 * once a second.
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Server } from 'socket.io';
import { SOCKET_PATH, type ClientToServer, type ServerToClient } from '#lib/protocol/socket.ts';
import type { App } from '../app.ts';
import type { Actor } from '../services/access.ts';
import { serveFacts } from './fact-events.ts';
import { PULSES_MS, serveFigures } from './figure-events.ts';
import { serveLogs } from './log-events.ts';
import { openDoor, type Client } from './socket-door.ts';
import { serveTerminals } from './terminal-events.ts';

/** What a page may ask for; each serves its own events. */
const SERVED = [serveFacts, serveLogs, serveFigures, serveTerminals];

/** How often a page's session is looked at again: one that ended elsewhere loses its socket too. */
const RECHECK_MS = 30_000;

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
    app.meter.sockets += 1;
    socket.on('disconnect', () => {
      app.meter.sockets -= 1;
    });
    const door = openDoor(app, socket);
    for (const serve of SERVED) serve(door);
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
  const stopHosts = app.hostFigures.onNew((hostId, figures) =>
    io.to('pulses').volatile.emit('hostFigures', { [hostId]: figures }),
  );
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
      stopHosts();
      // the http server is the entry's to close: only our sockets end here
      io.disconnectSockets(true);
      io.engine.close();
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    },
  };
}
