import { AppError, validationError } from './errors.ts';
import { parseImageReference } from './image-reference.ts';

export const DOCKER_HUB = 'docker.io';
/** What the engine calls Docker Hub where it is asked for a login. */
const DOCKER_HUB_LOGIN = 'https://index.docker.io/v1/';

/**
 * The address of a registry as it stands in front of an image's name: `ghcr.io`, `localhost:5000`; the names of Docker Hub become `docker.io`.
 * Capital letters mean the same. Throws VALIDATION.
 */
export function parseRegistryAddress(text: string, field = 'address'): string {
  const address = text.trim().toLowerCase();
  if (address === DOCKER_HUB_LOGIN || address === 'index.docker.io') return DOCKER_HUB;
  if (registryIn(`${address}/image`) === address) return address;
  throw validationError([
    {
      field,
      value: text,
      rule: `"${text}" is no registry address such as ghcr.io, localhost:5000 or docker.io`,
    },
  ]);
}

/** As the engine wants it in a login. */
export function loginAddress(address: string): string {
  return address === DOCKER_HUB ? DOCKER_HUB_LOGIN : address;
}

function registryIn(reference: string): string | null {
  try {
    return parseImageReference(reference).registry;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
