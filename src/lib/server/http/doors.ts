/**
 * The wrappers of every door. Kit cannot set the status in handleError, so expected errors are turned into answers here: a page gets an error
 * page with the code's status, a form its fields back with the problem beside them, the API the one error shape.
 */
import {
  error as kitError,
  fail,
  isHttpError,
  isRedirect,
  type ActionFailure,
  type RequestEvent,
} from '@sveltejs/kit';
import { AppError, ERROR_CATALOGUE, type Problem } from '#lib/domain/errors.ts';
import type { App } from '../app.ts';
import type { Actor } from '../services/access.ts';
import { problemOf, problemResponse } from './problem.ts';

export interface Door<Event> {
  readonly app: App;
  readonly actor: Actor | null;
  readonly event: Event;
}

function door<Event extends RequestEvent>(event: Event): Door<Event> {
  return { app: event.locals.app, actor: event.locals.actor, event };
}

/** For `load`: expected errors become error pages. */
export function load<Event extends RequestEvent, Data>(
  work: (door: Door<Event>) => Data | Promise<Data>,
): (event: Event) => Promise<Data> {
  return async (event) => {
    try {
      return await work(door(event));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { requestId } = event.locals;
      return kitError(error.status, { ...error.toProblem(), requestId });
    }
  };
}

export interface FormProblem {
  readonly error: Problem;
  /** What was filled in, so that nothing is lost. Passwords, tokens and secrets are left out. */
  readonly values: Readonly<Record<string, string>>;
  readonly action: string;
}

/** For a form action: expected errors come back to the form. */
export function action<Event extends RequestEvent, Result>(
  work: (door: Door<Event>, form: FormData) => Result | Promise<Result>,
): (event: Event) => Promise<Result | ActionFailure<FormProblem>> {
  return async (event) => {
    const form = await event.request.formData();
    try {
      return await work(door(event), form);
    } catch (error) {
      if (isRedirect(error) || isHttpError(error)) throw error;
      const problem = problemOf(error, event.locals.app, event.locals.requestId);
      const values = Object.fromEntries(
        [...form].flatMap(([key, value]) =>
          typeof value === 'string' && !/password|token|secret/i.test(key) ? [[key, value]] : [],
        ),
      );
      return fail(ERROR_CATALOGUE[problem.code].status, {
        error: problem,
        values,
        action: event.url.search.replace(/^\?\/?/, '').split('&')[0] ?? '',
      });
    }
  };
}

/** For the API. `work` gives a Response, or a value that is sent as JSON with status 200. */
export function endpoint<Event extends RequestEvent>(
  work: (door: Door<Event>) => unknown,
): (event: Event) => Promise<Response> {
  return async (event) => {
    const { app, requestId } = event.locals;
    try {
      const answer = await work(door(event));
      return answer instanceof Response ? answer : Response.json(answer);
    } catch (error) {
      if (isRedirect(error) || isHttpError(error)) throw error;
      return problemResponse(problemOf(error, app, requestId), requestId);
    }
  };
}

/** The body as JSON; an empty one is `{}`. Throws VALIDATION for what is no JSON object. */
export async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError('VALIDATION', 'The body is not valid JSON', {
      hint: 'Send a JSON object with Content-Type: application/json.',
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('VALIDATION', 'The body must be a JSON object');
  }
  return value;
}

/** The query as an object for a schema; repeated keys are refused by the schema as lists are not what it expects. */
export function readQuery(url: URL): Record<string, string> {
  return Object.fromEntries(url.searchParams);
}

export function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1' || value === '';
}
