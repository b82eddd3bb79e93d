import type { Problem } from '#lib/domain/errors.ts';

export type Answer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Problem };

const FILE = 'application/octet-stream';

/** Calls our own API from a page; a file goes as it is. Never throws: what goes wrong on the way is a problem like any other. */
export async function callApi(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': body instanceof Blob ? FILE : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    });
    // what is no JSON comes from something between us and the server
    const value: unknown = await response.json().catch(() => null);
    if (response.ok) return { ok: true, value };
    return { ok: false, error: problemIn(value) ?? broken(`The server answered ${response.status}`) };
  } catch {
    return { ok: false, error: broken('The server cannot be reached') };
  }
}

/** The problem of an answer of the API, null when it is none. */
export function problemIn(value: unknown): Problem | null {
  if (typeof value !== 'object' || value === null || !('error' in value)) return null;
  const { error } = value;
  return isProblem(error) ? error : null;
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'hint' in value
  );
}

function broken(message: string): Problem {
  return {
    code: 'HOST_UNREACHABLE',
    message,
    hint: 'Nothing was changed. Try again when the connection is back.',
  };
}
