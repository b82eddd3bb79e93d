/**
 * The one catalogue of what can go wrong. Every door (page, API, socket, command line) shows the same code, message, hint and details.
 * The table is documented in docs/api.md; scripts rely on the codes.
 */
export const ERROR_CATALOGUE = {
  VALIDATION: { status: 400, hint: 'Correct the named fields and send it again.' },
  IMAGE_NOT_FOUND: { status: 404, hint: 'Check the image name and tag, or allow it to be pulled.' },
  IMAGE_NOT_ALLOWED: { status: 403, hint: 'Ask an admin to add the registry to the allow list.' },
  PULL_FAILED: {
    status: 502,
    hint: 'Check that the host reaches the registry and that the credentials are right.',
  },
  BUILD_FAILED: { status: 422, hint: 'Read the output of the failing step.' },
  NETWORK_ERROR: { status: 409, hint: 'Create the network on the host, or choose another one.' },
  PORT_TAKEN: { status: 409, hint: 'Choose another host port, or leave it out to get a free one.' },
  NAME_TAKEN: { status: 409, hint: 'Choose another name, or leave it out to get one made.' },
  TAGS_IMMUTABLE: { status: 409, hint: 'Tags are fixed when the agent is made. Use notes for what changes.' },
  CONFLICT: { status: 409, hint: 'Look at the state it is in now, then try again.' },
  RESOURCE_LIMIT: { status: 422, hint: 'Ask for less, or place it on a larger host.' },
  SOCKET_ERROR: { status: 503, hint: 'Start the Docker Engine and check the address in DOCKER_HOST.' },
  HOST_UNREACHABLE: { status: 503, hint: 'Check the host and the network between. Slipway keeps trying.' },
  NOT_FOUND: { status: 404, hint: 'It may have been removed. Look at the list.' },
  READY_TIMEOUT: { status: 504, hint: 'Read its last output. The container is kept for a look.' },
  OPERATION_TIMEOUT: { status: 504, hint: 'Look at the load of the host, then try again.' },
  UNAUTHENTICATED: { status: 401, hint: 'Sign in, or send an API token as "Authorization: Bearer …".' },
  FORBIDDEN: { status: 403, hint: 'Ask an admin for the right to do this.' },
  RATE_LIMITED: { status: 429, hint: 'Wait a moment, then try again.' },
  ENGINE_ERROR: { status: 502, hint: "Read the engine's own words in the details." },
  CANCELLED: { status: 409, hint: 'Start it again when you want it after all.' },
  INTERNAL: { status: 500, hint: 'This is a bug in Slipway. The log has the details under the request id.' },
} as const satisfies Record<string, { status: number; hint: string }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** One refused input: which field, what it was, which rule it breaks. */
export interface FieldProblem {
  readonly field: string;
  readonly value: unknown;
  readonly rule: string;
}

/** What is known beyond the message. `engine` holds the engine's status and its own words. */
export interface ErrorDetails {
  readonly fields?: readonly FieldProblem[];
  readonly engine?: { readonly status: number | null; readonly message: string };
  readonly step?: string;
  readonly output?: readonly string[];
  readonly known?: readonly string[];
}

/** An error as it crosses a door or is kept in a record. Plain JSON. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly details?: ErrorDetails;
}

/** An expected failure: something a person can understand and act on. Anything else that is thrown is a bug. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: ErrorDetails | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: { hint?: string; details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = more.hint ?? ERROR_CATALOGUE[code].hint;
    this.details = more.details;
  }

  get status(): number {
    return ERROR_CATALOGUE[this.code].status;
  }

  toProblem(): Problem {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** 400 with the list of refused fields; the message names the first one. */
export function validationError(fields: readonly FieldProblem[], message?: string): AppError {
  const first = fields[0];
  const text = message ?? (first === undefined ? 'The input is not valid' : `${first.field}: ${first.rule}`);
  return new AppError('VALIDATION', text, { details: { fields } });
}

export function notFound(what: string, id: string): AppError {
  return new AppError('NOT_FOUND', `There is no ${what} "${id}"`);
}
