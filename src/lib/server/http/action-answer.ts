/**
 * Form actions are the light API: `curl -F name=x -H 'Authorization: Bearer …' .../agents/new` answers JSON, in the API's shapes and with the right
 * status. Kit answers actions to scripts in its own encoding; this turns it around. The pages' own scripts are left alone.
 */
import { parse } from 'devalue';
import { AppError } from '#lib/domain/errors.ts';
import { problemResponse } from './problem.ts';

const FORM_TYPES = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/** A form sent by a script: no page is wanted, and it is not one of our own pages asking. */
export function wantsPlainAction(request: Request, url: URL): boolean {
  if (request.method !== 'POST' || url.pathname.startsWith('/api/')) return false;
  if (request.headers.get('x-sveltekit-action') === 'true') return false;
  if ((request.headers.get('accept') ?? '*/*').includes('text/html')) return false;
  return FORM_TYPES.test(request.headers.get('content-type') ?? '');
}

export async function plainActionAnswer(response: Response, requestId: string): Promise<Response> {
  if (!(response.headers.get('content-type') ?? '').includes('application/json')) return response;
  const result: unknown = await response.clone().json();
  if (typeof result !== 'object' || result === null || !('type' in result)) return response;
  const status = 'status' in result && typeof result.status === 'number' ? result.status : response.status;
  const cookies = response.headers.getSetCookie();
  const answer = (body: unknown, code: number): Response => {
    const plain = Response.json(body, { status: code });
    for (const cookie of cookies) plain.headers.append('set-cookie', cookie);
    return plain;
  };
  if (result.type === 'redirect' && 'location' in result) return answer({ location: result.location }, 200);
  if (result.type === 'success') return answer(decode(result) ?? {}, 200);
  if (result.type === 'failure') {
    const data = decode(result);
    const error = typeof data === 'object' && data !== null && 'error' in data ? data.error : null;
    return answer({ error: { ...(typeof error === 'object' ? error : {}), requestId } }, status);
  }
  if (result.type === 'error') {
    return problemResponse(new AppError('NOT_FOUND', 'There is no such action').toProblem(), requestId);
  }
  // an answer of the API, whose objects have types of their own
  return response;
}

function decode(result: object): unknown {
  const data: unknown = Reflect.get(result, 'data');
  return typeof data === 'string' ? parse(data) : null;
}
