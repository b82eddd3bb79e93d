/** Requests over kept-alive connections, each with its time: from before it is sent until the last byte of its answer is here. */
import http from 'node:http';

export type Target = { readonly socketPath: string } | { readonly host: string; readonly port: number };

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface TimedAnswer {
  readonly status: number;
  /** As it came over the wire: compressed, if it was. */
  readonly body: Buffer;
  readonly ms: number;
}

export class HttpClient {
  readonly #target: Target;
  readonly #signal: AbortSignal;
  readonly #agent = new http.Agent({ keepAlive: true });

  /** @param signal ends what is under way */
  constructor(target: Target, signal: AbortSignal) {
    this.#target = target;
    this.#signal = signal;
  }

  /** Throws for a status of 300 and more, with the beginning of the answer. */
  async call(path: string, call: Call = {}): Promise<TimedAnswer> {
    const answer = await this.#send(path, call);
    if (answer.status < 300) return answer;
    throw new Error(
      `${call.method ?? 'GET'} ${path}: ${answer.status} ${answer.body.toString().slice(0, 500)}`,
    );
  }

  async json(path: string, call: Call = {}): Promise<unknown> {
    const { body } = await this.call(path, call);
    return JSON.parse(body.toString());
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(path: string, { method = 'GET', headers = {}, body }: Call): Promise<TimedAnswer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    const options = { ...this.#target, agent: this.#agent, signal: this.#signal, method, path };
    return new Promise((resolve, reject) => {
      const started = performance.now();
      const request = http.request({ ...options, headers: { ...type, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const ms = performance.now() - started;
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks), ms });
        });
      });
      request.on('error', reject);
      request.end(payload);
    });
  }
}
