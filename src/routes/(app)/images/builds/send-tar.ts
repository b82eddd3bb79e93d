import type { Problem } from '#lib/domain/errors.ts';
import { AppError } from '#lib/domain/errors.ts';
import { callApi } from '#lib/live/api.ts';
import { buildBody, buildQuery } from './build-form.ts';

type Sent = { readonly ok: true; readonly id: string } | { readonly ok: false; readonly error: Problem };

/** Sends a tar to the API as it is, with the other fields as a query. Gives the id of the build when the engine has all of it. */
export async function sendTar(form: FormData, file: File): Promise<Sent> {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  try {
    const query = buildQuery(buildBody(text));
    const answer = await callApi('POST', `/api/builds?${query}`, file);
    if (!answer.ok) return answer;
    const id = buildId(answer.value);
    if (id === null) throw new AppError('ENGINE_ERROR', 'The server did not say which build it is');
    return { ok: true, id };
  } catch (error) {
    if (error instanceof AppError) return { ok: false, error: error.toProblem() };
    throw error;
  }
}

function buildId(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('build' in value)) return null;
  const { build } = value;
  return typeof build === 'object' && build !== null && 'id' in build && typeof build.id === 'string'
    ? build.id
    : null;
}
