/** From whatever a call threw to what a person reads: lost connections here, what the engine said by the table of refusals.ts. */
import { AppError, type ErrorDetails } from '#lib/domain/errors.ts';
import { ROWS, type Doing } from './refusals.ts';

export type { Doing } from './refusals.ts';

const SOCKET_HINTS: Record<string, string> = {
  ENOENT:
    'There is no socket at this address. Install and start Docker, or set DOCKER_HOST to where its engine listens.',
  EACCES:
    'This user may not open the socket. Add it to the group "docker", or run Slipway as a user that may.',
  EPERM:
    'This user may not open the socket. Add it to the group "docker", or run Slipway as a user that may.',
  ECONNREFUSED:
    'The socket is there, but no engine listens behind it. Start Docker (systemctl start docker).',
  ENOTSOCK: 'There is a file at this address, but it is no socket. Check DOCKER_HOST.',
  ENOTFOUND: 'The name of the host cannot be resolved. Check the address.',
  ETIMEDOUT: 'The engine did not answer in time. Look at the load of its host.',
};
const GONE = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

const SOCKET_WORDS: Record<string, string> = {
  ENOENT: 'The Docker socket is missing',
  EACCES: 'No permission to open the Docker socket',
  EPERM: 'No permission to open the Docker socket',
  ECONNREFUSED: 'The Docker Engine refuses the connection',
  ENOTSOCK: 'The address of the Docker Engine is no socket',
  ENOTFOUND: 'The host of the Docker Engine is unknown',
  ETIMEDOUT: 'The Docker Engine does not answer',
};

/** The engine's own sentence, without the wrapping of the client library. */
export function engineWords(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const json: unknown = Reflect.get(error, 'json');
  if (typeof json === 'object' && json !== null) {
    const message: unknown = Reflect.get(json, 'message');
    if (typeof message === 'string') return message;
  }
  if (typeof json === 'string' && json !== '') return json;
  return error instanceof Error
    ? error.message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim()
    : 'unknown error';
}

function field(error: unknown, key: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
}

/**
 * Turns whatever a call threw into an AppError. `subject` is the name that the person knows (an image, an agent).
 * An aborted call becomes CANCELLED, a deadline SOCKET_ERROR.
 */
export function toAppError(error: unknown, doing: Doing, subject?: string): AppError {
  if (error instanceof AppError) return error;
  const name = field(error, 'name');
  const code = field(error, 'code');
  if (name === 'TimeoutError' || code === 'ETIMEDOUT') return socketError('ETIMEDOUT', error);
  if (name === 'AbortError' || code === 'ABORT_ERR') {
    const cause = field(error, 'cause');
    if (field(cause, 'name') === 'TimeoutError') return socketError('ETIMEDOUT', error);
    return new AppError('CANCELLED', 'It was cancelled', { cause: error });
  }
  if (typeof code === 'string' && code in SOCKET_HINTS) return socketError(code, error);
  const status = field(error, 'statusCode');
  const words = engineWords(error);
  const known = typeof status === 'number' ? status : null;
  const brokeOff = known === null && /socket hang up|aborted/.test(words);
  if (brokeOff || (typeof code === 'string' && GONE.has(code))) return socketError('GONE', error);

  const row = ROWS.find(
    (each) =>
      (each.status === undefined || each.status === known) &&
      (each.doing === undefined || each.doing.includes(doing)) &&
      (each.words === undefined || each.words.test(words)),
  );
  const said = row?.says ?? words;
  const message = subject === undefined || said.includes(subject) ? said : `${subject}: ${said}`;
  const details: ErrorDetails = {
    engine: { status: known, message: words },
    ...(row?.field === undefined
      ? {}
      : { fields: [{ field: row.field, value: row.words?.exec(words)?.[1] ?? null, rule: words }] }),
  };
  return new AppError(row?.code ?? 'ENGINE_ERROR', message, {
    cause: error,
    details,
    ...(row?.hint === undefined ? {} : { hint: row.hint }),
  });
}

function socketError(code: string, cause: unknown): AppError {
  const words = SOCKET_WORDS[code] ?? 'The connection to the Docker Engine broke off';
  const hint = SOCKET_HINTS[code] ?? 'The engine stopped or was restarted. Slipway reconnects by itself.';
  return new AppError('SOCKET_ERROR', words, {
    hint,
    cause,
    details: { engine: { status: null, message: engineWords(cause) } },
  });
}

/** Of a program inside a container. */
export function tooLong(timeoutMs: number, cause?: unknown): AppError {
  return new AppError('OPERATION_TIMEOUT', `The program did not end within ${timeoutMs / 1000} s`, {
    hint: 'Give it more time, or look at what it waits for.',
    cause,
  });
}
