import type { Socket } from 'node:net';

/** What the server that carries Kit tells of a request. */
interface Carried {
  readonly platform?: Readonly<{ req?: unknown }> | undefined;
  readonly request: Request;
}

/** Gives the work a signal of the caller's leaving: Kit's own ends with the body of the request. */
export async function untilGone<Value>(
  { platform, request }: Carried,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const gone = new AbortController();
  const leave = () => {
    gone.abort();
  };
  const socket = socketOf(platform?.req);
  socket?.once('close', leave);
  try {
    return await work(AbortSignal.any([request.signal, gone.signal]));
  } finally {
    socket?.off('close', leave);
  }
}

function socketOf(carrier: unknown): Socket | null {
  if (typeof carrier !== 'object' || carrier === null || !('socket' in carrier)) return null;
  const { socket } = carrier;
  return isSocket(socket) ? socket : null;
}

function isSocket(value: unknown): value is Socket {
  return typeof value === 'object' && value !== null && 'once' in value && 'off' in value;
}
