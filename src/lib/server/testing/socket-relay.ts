import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** A unix socket that leads to another one, and can be cut. */
export class SocketRelay {
  readonly path: string;
  readonly #server: Server;
  readonly #ends = new Set<Socket>();

  private constructor(path: string, server: Server) {
    this.path = path;
    this.#server = server;
  }

  static start(path: string, to: string): Promise<SocketRelay> {
    const server = createServer({ allowHalfOpen: true });
    const relay = new SocketRelay(path, server);
    server.on('connection', (near) => {
      relay.#join(near, createConnection({ path: to, allowHalfOpen: true }));
    });
    return new Promise((resolve) => {
      server.listen(path, () => {
        resolve(relay);
      });
    });
  }

  /** Ends every connection in the middle of what it carries. */
  cut(): void {
    for (const end of this.#ends) end.destroy();
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #join(near: Socket, far: Socket): void {
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#ends.add(end);
      end.pipe(other);
      end.on('error', () => undefined);
      end.on('close', () => {
        this.#ends.delete(end);
        other.destroy();
      });
    }
  }
}
