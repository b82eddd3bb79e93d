/** Something that people edit, with its version as ETag: to be sent back as If-Match (`versionIn` reads it). */
export function versionedAnswer(thing: { readonly version: number }, status: 200 | 201 = 200): Response {
  return Response.json(thing, { status, headers: { etag: `"${thing.version}"` } });
}
