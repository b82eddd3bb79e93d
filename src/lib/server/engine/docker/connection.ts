import http from 'node:http';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';

/** Opens one byte stream to an engine's API. A host of any kind is this function (hosts/). */
export type Connect = () => Promise<Duplex>;

/**
 * An http.Agent whose connections come from `connect()`. It carries JSON calls, event streams, followed logs and hijacked exec alike, over
 * a unix socket, TLS or an ssh channel.
 */
export class ConnectAgent extends http.Agent {
  readonly #connect: Connect;
  /** Streams that a request has taken over: http.Agent forgets them. */
  readonly #adopted = new Set<Duplex>();

  constructor(connect: Connect) {
    super({ keepAlive: true, maxFreeSockets: 16, timeout: 0 });
    this.#connect = connect;
  }

  override createConnection(
    _options: unknown,
    ready?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#connect().then(
      (stream) => ready?.(null, stream),
      // Node passes no stream with an error, whatever the type says
      (error: unknown) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        Reflect.apply(ready ?? ignore, undefined, [failure]);
      },
    );
  }

  /** This stream ends with the agent. */
  adopt(stream: Duplex): void {
    this.#adopted.add(stream);
    stream.once('close', () => this.#adopted.delete(stream));
  }

  override destroy(): void {
    super.destroy();
    for (const stream of this.#adopted) stream.destroy(new Error('socket hang up'));
  }

  /**
   * docker-modem describes its options for a debug line before each request, whether anybody reads it or not: without this, the agent with
   * all its open sockets, which took more time than all else that a call costs.
   */
  [inspect.custom](): string {
    return 'ConnectAgent {}';
  }
}

function ignore(): void {
  // nobody waits for this connection
}
