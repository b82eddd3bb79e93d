/**
 * Paths inside a container: absolute, and data wherever they go. They are settled by their letters here, so that `..` never leads above the
 * root; where links lead is the container's own business.
 */
import { z } from 'zod';

const MAX_PATH_BYTES = 4096;
const MAX_NAME_BYTES = 255;

/** Without `.`, `..`, doubled and trailing slashes. */
export function settledPath(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

/** The folder that holds it; of the root the root. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** The last name; of the root nothing. */
export function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function pathBelow(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** Whether it is the folder itself, or anywhere below. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}

/** Where a link leads by its letters: its target counts from the folder that holds the link. */
export function linkEnd(link: string, target: string): string {
  return settledPath(target.startsWith('/') ? target : `${folderOf(link)}/${target}`);
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

export const insidePath = z
  .string()
  .refine((text) => text.startsWith('/'), 'must begin with "/"')
  .refine((text) => !text.includes('\0'), 'must not hold a NUL')
  .refine((text) => text.isWellFormed(), 'must be well-formed text')
  .refine((text) => bytesOf(text) <= MAX_PATH_BYTES, `must have at most ${MAX_PATH_BYTES} bytes`)
  .refine(
    (text) => text.split('/').every((name) => bytesOf(name) <= MAX_NAME_BYTES),
    `must not hold a name of more than ${MAX_NAME_BYTES} bytes`,
  )
  .transform(settledPath);
