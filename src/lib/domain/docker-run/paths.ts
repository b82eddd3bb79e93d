/** Paths inside a container or on a Linux host; no file system is asked. */

/** The path without `.`, `..`, doubled slashes and a slash at the end. Absolute paths only. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/** The rule that a mount target breaks, or null. */
export function targetProblem(target: string): string | null {
  if (!isAbsolute(target)) return 'must mount to an absolute path in the container';
  return cleanPath(target) === '/' ? 'must not mount over the root of the container' : null;
}
