/** Name and tag or digest, as the engine wants them apart: without a tag it would pull or push all of them. */
export function splitReference(reference: string): { readonly repository: string; readonly tag: string } {
  const at = reference.indexOf('@');
  if (at !== -1) return { repository: reference.slice(0, at), tag: reference.slice(at + 1) };
  const colon = reference.lastIndexOf(':');
  if (colon === -1 || reference.includes('/', colon)) return { repository: reference, tag: 'latest' };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}
