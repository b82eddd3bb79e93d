import { AppError, ERROR_CATALOGUE, type Problem } from '#lib/domain/errors.ts';
import { toProblem } from '../services/operations.ts';
import type { App } from '../app.ts';

/** The one shape of an error on the API: `{error: {code, message, hint, details, requestId}}`. */
export function problemResponse(problem: Problem, requestId: string): Response {
  return Response.json(
    { error: { ...problem, requestId } },
    { status: ERROR_CATALOGUE[problem.code].status, headers: { 'x-request-id': requestId } },
  );
}

/** What a thrown thing means to the caller; a bug is written to the log under the request's id. */
export function problemOf(error: unknown, app: Pick<App, 'log' | 'services'>, requestId: string): Problem {
  if (!(error instanceof AppError)) app.log.error({ err: error, requestId }, 'a request broke');
  // an engine may repeat what it was given
  const { code, hint, ...said } = toProblem(error);
  return { code, hint, ...app.services.secrets.mask(said) };
}
