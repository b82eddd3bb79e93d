/** Requests whose body, answer or both are streams, and the logins for registries that they carry. Nothing is kept whole in memory. */
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { RegistryLogin } from '../image-facts.ts';
import { bytes, promised } from './requests.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Its parts are encoded by the caller. */
  readonly path: `${string}?`;
  /** A list is the same key several times. */
  readonly query?: Readonly<Record<string, string | boolean | readonly string[]>>;
  readonly body?: Buffer | AsyncIterable<Buffer>;
  /** For one registry; null says that there is none, where the engine wants to hear that. */
  readonly login?: RegistryLogin | null | undefined;
  /** By registry address. */
  readonly logins?: Readonly<Record<string, RegistryLogin>> | undefined;
  readonly signal: AbortSignal;
}

/** Sends the body as the engine takes it and gives the answer as it comes. What the body itself throws is thrown as it is. */
export async function* exchange(docker: Docker, request: Exchange): AsyncGenerator<Buffer> {
  const { body } = request;
  const source =
    body === undefined || Buffer.isBuffer(body) ? null : Readable.from(body, { objectMode: false });
  let broken: { readonly error: unknown } | null = null;
  source?.on('error', (error) => {
    broken ??= { error };
  });
  try {
    yield* bytes(await dial(docker, request, source ?? (Buffer.isBuffer(body) ? body : undefined)));
  } catch (error) {
    throw causeOf(broken, error);
  } finally {
    source?.destroy();
  }
}

/** The end of an answer whose text tells nothing. */
export async function drain(answer: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of answer);
}

function causeOf(broken: { readonly error: unknown } | null, error: unknown): unknown {
  return broken === null ? error : broken.error;
}

function dial(
  docker: Docker,
  { method, path, query = {}, login, logins, signal }: Exchange,
  file: Buffer | Readable | undefined,
): Promise<unknown> {
  return promised((done) => {
    docker.modem.dial(
      {
        path,
        method,
        isStream: true,
        // without a body of its own the client would send the query as one
        options: { _query: query, _body: {} },
        abortSignal: signal,
        statusCodes: { 200: true, 201: true, 204: true },
        ...(file === undefined ? {} : { file }),
        ...(login === undefined ? {} : { authconfig: { base64: header(login === null ? {} : wire(login)) } }),
        ...(logins === undefined
          ? {}
          : {
              registryconfig: {
                base64: header(
                  Object.fromEntries(Object.entries(logins).map(([address, each]) => [address, wire(each)])),
                ),
              },
            }),
      },
      done,
    );
  });
}

/** A login in the engine's words. */
export function wire({ username, password, serverAddress }: RegistryLogin): Readonly<Record<string, string>> {
  return { username, password, serveraddress: serverAddress };
}

/** The engine decodes it as base64 for URLs with its padding, and takes what it cannot decode for no login at all. */
function header(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
