/** The calls themselves: dockerode's client on our own connections, and its requests with what its types leave out. */
import Docker from 'dockerode';
import { AppError } from '#lib/domain/errors.ts';
import type { ConnectAgent } from './connection.ts';

/** dockerode with our own connections. Without a host in its options it would read DOCKER_HOST and go there. */
export function client(agent: ConnectAgent, apiVersion: string | null): Docker {
  // the types do not know `agent`, the client passes it on to http.request
  const options = {
    protocol: 'http' as const,
    host: 'engine',
    port: 80,
    agent,
    ...(apiVersion === null ? {} : { version: `v${apiVersion}` }),
  };
  return new Docker(options);
}

const GET_CODES = {
  200: true,
  304: 'not modified',
  400: 'bad parameter',
  404: 'not found',
  409: 'conflict',
  500: 'server error',
} as const;
type Query = Readonly<Record<string, string | number | boolean>>;

/** A GET that answers JSON or text. Path parts are encoded by the caller. */
export function get(
  docker: Docker,
  path: `${string}?`,
  query: Query,
  abortSignal: AbortSignal,
): Promise<unknown> {
  return promised((done) => {
    docker.modem.dial(
      { path, method: 'GET', options: { ...query }, abortSignal, statusCodes: GET_CODES },
      done,
    );
  });
}

/** A GET that answers a stream. */
export function open(
  docker: Docker,
  path: `${string}?`,
  query: Query,
  abortSignal: AbortSignal,
): Promise<unknown> {
  return promised((done) => {
    docker.modem.dial(
      { path, method: 'GET', isStream: true, options: { ...query }, abortSignal, statusCodes: GET_CODES },
      done,
    );
  });
}

/** The headers of the answer to a HEAD, which has no body: also a refusal is without words. */
export async function head(
  docker: Docker,
  path: `${string}?`,
  query: Query,
  abortSignal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const answer: unknown = await promised((done) => {
    docker.modem.dial(
      { path, method: 'HEAD', isStream: true, options: { ...query }, abortSignal, statusCodes: GET_CODES },
      done,
    );
  });
  await Array.fromAsync(bytes(answer));
  const headers: unknown =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'headers') : null;
  return typeof headers === 'object' && headers !== null ? { ...headers } : {};
}

/** An image reference as part of a path: its slashes stay, nothing else can leave it. */
export function imagePath(reference: string): string {
  return reference.split('/').map(encodeURIComponent).join('/');
}

/** POST with a JSON body of our own making: dockerode would take some keys out of it for itself. */
export function post(
  docker: Docker,
  path: `${string}?`,
  query: Readonly<Record<string, string>>,
  body: unknown,
  statusCodes: Readonly<Record<number, boolean>>,
  abortSignal: AbortSignal,
): Promise<unknown> {
  return promised((done) => {
    docker.modem.dial(
      { path, method: 'POST', options: { _query: query, _body: body }, abortSignal, statusCodes },
      done,
    );
  });
}

/** The body of an answer that streams. */
export function bytes(stream: unknown): AsyncIterable<Buffer> {
  if (typeof stream === 'object' && stream !== null && Symbol.asyncIterator in stream) {
    return {
      [Symbol.asyncIterator]: () =>
        Reflect.apply(stream[Symbol.asyncIterator] as () => AsyncIterator<Buffer>, stream, []),
    };
  }
  throw new AppError('ENGINE_ERROR', 'The engine answered with something that is no stream');
}

export function promised(start: (done: (error: unknown, value: unknown) => void) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error === null || error === undefined) resolve(value);
      else reject(error);
    });
  });
}
