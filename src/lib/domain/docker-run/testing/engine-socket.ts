/** The smallest client of an engine: JSON over its unix socket. The real one is under server/engine, which the domain does not know. */
import http from 'node:http';

export interface EngineAnswer {
  readonly status: number;
  readonly body: unknown;
}

export class EngineSocket {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  readonly #socket: string;
  /** Set once, before other calls; the newest that the engine speaks. */
  apiVersion = '1.41';

  constructor(socket: string) {
    this.#socket = socket;
  }

  async negotiate(newest: string): Promise<void> {
    const { body } = await this.call('GET', '/version');
    const offered = text(field(body, 'ApiVersion')) || '1.41';
    this.apiVersion = offered.localeCompare(newest, 'en', { numeric: true }) < 0 ? offered : newest;
  }

  call(method: string, path: string, body?: object | Buffer): Promise<EngineAnswer> {
    const json = body !== undefined && !Buffer.isBuffer(body);
    const payload = json ? Buffer.from(JSON.stringify(body)) : body;
    const prefix = path === '/version' ? '' : `/v${this.apiVersion}`;
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          socketPath: this.#socket,
          agent: this.#agent,
          method,
          path: prefix + path,
          headers:
            payload === undefined
              ? {}
              : {
                  'content-type': json ? 'application/json' : 'application/x-tar',
                  'content-length': payload.length,
                },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString()) }),
          );
        },
      );
      request.on('error', reject);
      request.end(payload);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A field of what the engine said, undefined when it is not there. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
