/** Pages that are open, as far as the server sees them: sockets that ask for what a page asks for. */
import { io, type Socket } from 'socket.io-client';
import { SOCKET_PATH, type ClientToServer, type ServerToClient } from '#lib/protocol/socket.ts';

type PageSocket = Socket<ServerToClient, ClientToServer>;

export interface Watchers {
  /** Times that quick figures came, over all of them. */
  readonly pulses: () => number;
  close(): void;
}

/** `count` lists of agents; with `logOf` each also has the log of one of these agents open. */
export async function openWatchers(
  url: string,
  count: number,
  logOf: readonly string[] = [],
): Promise<Watchers> {
  let pulses = 0;
  const sockets = await Promise.all(
    Array.from({ length: count }, async (_, place): Promise<PageSocket> => {
      const socket: PageSocket = io(url, {
        path: SOCKET_PATH,
        transports: ['websocket'],
        extraHeaders: { origin: url },
      });
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('connect_error', reject);
      });
      socket.on('pulses', () => (pulses += 1));
      socket.emit('hello', 0, () => undefined);
      socket.emit('followPulses', () => undefined);
      const agent = logOf[place % Math.max(1, logOf.length)];
      if (agent !== undefined) socket.emit('followLog', agent, null, () => undefined);
      return socket;
    }),
  );
  return {
    pulses: () => pulses,
    close: () => {
      for (const socket of sockets) socket.disconnect();
    },
  };
}
