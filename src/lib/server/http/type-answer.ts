/** Answers about agent types that are more than JSON: the ETag of one, TOML as a file, and reading If-Match. */
import { AppError } from '#lib/domain/errors.ts';
import type { AgentTypeView } from '#lib/protocol/agent-types.ts';

export function typeAnswer(type: AgentTypeView): Response {
  return Response.json(type, { headers: { etag: `"${type.version}"` } });
}

export function tomlAnswer(name: string, toml: string): Response {
  return new Response(toml, {
    headers: {
      'content-type': 'application/toml; charset=utf-8',
      'content-disposition': `attachment; filename="${name}.toml"`,
    },
  });
}

/** The version of If-Match; null without one, or for `*`. Throws VALIDATION for what is no tag of ours. */
export function versionIn(request: Request): number | null {
  const tag = request.headers.get('if-match')?.trim() ?? '*';
  if (tag === '*') return null;
  const version = /^(?:W\/)?"?(\d{1,15})"?$/.exec(tag)?.[1];
  if (version !== undefined) return Number(version);
  throw new AppError('VALIDATION', 'If-Match is not an ETag that this had', {
    hint: 'Send the ETag of the GET, or leave it out.',
  });
}
