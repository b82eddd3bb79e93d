import { bodyForApi } from '#lib/domain/docker-run/api-version.ts';
import type { CreateBody, Endpoint } from '#lib/domain/docker-run/create-body.ts';
import { AppError, validationError } from '#lib/domain/errors.ts';

/** The single calls that making a container takes. */
interface Steps {
  readonly create: (
    body: CreateBody,
  ) => Promise<{ readonly id: string; readonly warnings: readonly string[] }>;
  readonly connect: (network: string, id: string, endpoint: Endpoint) => Promise<void>;
  /** Of the container that was just made, whatever state it is in. */
  readonly remove: (id: string) => Promise<void>;
}

/**
 * Makes a container on an engine of an API version, with all its networks: an old engine takes one at create, the others are joined after
 * it. Throws VALIDATION for what the version does not have (it would be ignored without a word), and NETWORK_ERROR when a network
 * cannot be joined; then there is no container.
 */
export async function makeContainer(
  whole: CreateBody,
  apiVersion: string,
  { create, connect, remove }: Steps,
): Promise<{ readonly id: string; readonly warnings: readonly string[] }> {
  const { body, connect: later, unsupported } = bodyForApi(whole, apiVersion);
  if (unsupported.length > 0) {
    throw validationError(
      unsupported.map(({ flag, since }) => ({
        field: flag,
        value: null,
        rule: `needs Engine API ${since}; this host speaks ${apiVersion}`,
      })),
    );
  }
  const made = await create(body);
  try {
    for (const { name, endpoint } of later) await connect(name, made.id, endpoint);
    return made;
  } catch (error) {
    // what the engine said about the network is the news, not that it could not be asked for this either
    await remove(made.id).catch(() => undefined);
    throw asNetworkError(error);
  }
}

function asNetworkError(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code === 'CANCELLED' || error.code === 'SOCKET_ERROR')
    return error;
  return new AppError('NETWORK_ERROR', error.message, {
    cause: error,
    ...(error.details === undefined ? {} : { details: error.details }),
  });
}
