import net from 'node:net';
import { once } from 'node:events';

/** A cable between a browser and a server that a test can cut: what goes over it ends at once, and nothing new gets through. */
export class Relay {
  readonly url: string;
  readonly #server: net.Server;
  readonly #sockets: Set<net.Socket>;
  readonly #state: { cut: boolean };

  private constructor(server: net.Server, sockets: Set<net.Socket>, state: { cut: boolean }) {
    this.#server = server;
    this.#sockets = sockets;
    this.#state = state;
    const address = server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  static async to(url: string): Promise<Relay> {
    const { hostname, port } = new URL(url);
    const sockets = new Set<net.Socket>();
    const state = { cut: false };
    const server = net.createServer((near) => {
      if (state.cut) {
        near.destroy();
        return;
      }
      const far = net.connect(Number(port), hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      }
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new Relay(server, sockets, state);
  }

  cut(): void {
    this.#state.cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#state.cut = false;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
