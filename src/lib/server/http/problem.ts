import { AppError, ERROR_CATALOGUE, type Problem } from '#lib/domain/errors.ts';
import { toProblem } from '../services/operations.ts';
import type { Log } from '../log.ts';

/** The one shape of an error on the API: `{error: {code, message, hint, details, requestId}}`. */
export function problemResponse(problem: Problem, requestId: string): Response {
  return Response.json(
    { error: { ...problem, requestId } },
    { status: ERROR_CATALOGUE[problem.code].status, headers: { 'x-request-id': requestId } },
  );
}

/** What a thrown thing means to the caller; a bug is written to the log under the request's id. */
export function problemOf(error: unknown, log: Log, requestId: string): Problem {
  if (!(error instanceof AppError)) log.error({ err: error, requestId }, 'a request broke');
  return toProblem(error);
}
