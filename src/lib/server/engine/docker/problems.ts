/**
 * The one table from what the engine said to what a person reads. Each row names the status, a pattern of the engine's words and, where the
 * same words mean different things, what we were doing.
 */
import { AppError, type ErrorCode } from '#lib/domain/errors.ts';

export type Doing =
  | 'ping'
  | 'read'
  | 'events'
  | 'create'
  | 'start'
  | 'stop'
  | 'kill'
  | 'pause'
  | 'rename'
  | 'remove'
  | 'logs'
  | 'stats'
  | 'commit'
  | 'pull'
  | 'image'
  | 'network'
  | 'update'
  | 'exec';

interface Row {
  readonly status?: number;
  readonly doing?: readonly Doing[];
  readonly words?: RegExp;
  readonly code: ErrorCode;
  readonly hint?: string;
}

const ROWS: readonly Row[] = [
  {
    words:
      /No such image|manifest unknown|manifest for .* not found|repository does not exist|pull access denied/i,
    code: 'IMAGE_NOT_FOUND',
  },
  { words: /port is already allocated|address already in use|Bind for .* failed/i, code: 'PORT_TAKEN' },
  { status: 409, doing: ['create', 'rename'], words: /name .* is already in use/i, code: 'NAME_TAKEN' },
  {
    doing: ['start', 'create', 'network'],
    words:
      /network .* not found|could not find network|network-scoped alias|address pool|non-overlapping IPv4|overlap|conflicts with network|cannot attach/i,
    code: 'NETWORK_ERROR',
  },
  {
    doing: ['create', 'start', 'update'],
    words:
      /Range of CPUs|minimum memory|memory limit|device driver|no space left|pids limit|cpu-shares|Invalid value .* for .*memory/i,
    code: 'RESOURCE_LIMIT',
  },
  {
    doing: ['create', 'start'],
    words:
      /executable file not found|no such file or directory: unknown|permission denied: unknown|exec format error|not a directory: unknown/i,
    code: 'VALIDATION',
    hint: 'The image has no such command. Check command and entrypoint.',
  },
  { doing: ['create', 'start', 'rename', 'update', 'kill'], status: 400, code: 'VALIDATION' },
  { doing: ['pull'], code: 'PULL_FAILED' },
  { status: 404, words: /no such (container|network|volume|exec)/i, code: 'NOT_FOUND' },
  {
    status: 404,
    doing: [
      'read',
      'stop',
      'kill',
      'pause',
      'rename',
      'remove',
      'logs',
      'stats',
      'commit',
      'start',
      'update',
      'exec',
    ],
    code: 'NOT_FOUND',
  },
  // the engine answers 500 when one that is not paused is to be resumed, and 403 for a network in use
  { doing: ['pause'], words: /is not paused/i, code: 'CONFLICT' },
  { doing: ['network'], words: /has active endpoints|pre-defined network/i, code: 'CONFLICT' },
  { status: 409, code: 'CONFLICT' },
  { status: 304, code: 'CONFLICT' },
];

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
  const message = subject === undefined || words.includes(subject) ? words : `${subject}: ${words}`;
  return new AppError(row?.code ?? 'ENGINE_ERROR', message, {
    cause: error,
    details: { engine: { status: known, message: words } },
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
