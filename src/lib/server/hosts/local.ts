import net from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError } from '#lib/domain/errors.ts';

/** Where an engine listens, from an address such as `unix:///var/run/docker.sock` or `npipe:////./pipe/docker_engine`. */
export interface LocalAddress {
  readonly path: string;
}

/** Throws VALIDATION for what is not the address of a local socket. */
export function parseLocalAddress(address: string): LocalAddress {
  const match = /^(?:unix:\/\/|npipe:\/\/)(.+)$/.exec(address);
  const path = match?.[1] ?? (address.startsWith('/') ? address : null);
  if (path === null) {
    throw new AppError('VALIDATION', `"${address}" is no address of a local engine`, {
      hint: 'Use unix:///path/to/docker.sock (or npipe:////./pipe/docker_engine on Windows).',
    });
  }
  return { path };
}

/** Opens a stream to a unix socket or a Windows pipe. Rejects with the system's own error (ENOENT, EACCES, ECONNREFUSED). */
export function connectLocal(address: LocalAddress): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path: address.path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
