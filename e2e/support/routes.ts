/** What doors there are, read from src/routes: so that a new one is tested without being listed anywhere. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const ROUTES = path.resolve(import.meta.dirname, '../../src/routes');
/** Stands for every parameter of a route. */
const PARAMETER = 'x';

export interface Door {
  readonly path: string;
  /** `page`, a method of an API route, or `?/name` of a form action (`?/` is the default one). */
  readonly kind: string;
}

export async function doors(): Promise<readonly Door[]> {
  const files = (await readdir(ROUTES, { recursive: true })).filter((file) =>
    /\+(?:page(?:\.server)?\.(?:svelte|ts)|server\.ts)$/.test(file),
  );
  const all = await Promise.all(files.map(doorsOf));
  const found = new Map(all.flat().map((door) => [`${door.path} ${door.kind}`, door] as const));
  return [...found.values()].toSorted((a, b) => a.path.localeCompare(b.path) || a.kind.localeCompare(b.kind));
}

async function doorsOf(file: string): Promise<readonly Door[]> {
  const address = addressOf(path.dirname(file));
  if (file.endsWith('+page.svelte') || file.endsWith('+page.ts')) return [{ path: address, kind: 'page' }];
  const source = await readFile(path.join(ROUTES, file), 'utf8');
  const kinds = file.endsWith('+server.ts') ? methodsIn(source) : ['page', ...(await actionsIn(source))];
  if (kinds.length === 0) throw new Error(`${file}: no method was found in it`);
  return kinds.map((kind) => ({ path: address, kind }));
}

/** `(app)/agents/[id]/[...rest]` is `/agents/x/x`. */
function addressOf(directory: string): string {
  const parts = directory.split(path.sep).filter((part) => part !== '.' && !/^\(.*\)$/.test(part));
  return `/${parts.map((part) => part.replace(/\[+[^\]]*\]+/g, PARAMETER)).join('/')}`;
}

function methodsIn(source: string): readonly string[] {
  const methods = [
    ...source.matchAll(/\b(GET|POST|PUT|PATCH|DELETE|fallback)\b(?=[^;]*(?:=|\bfrom\b|\())/g),
  ].map(([, method = '']) => method);
  return [...new Set(methods.map((method) => (method === 'fallback' ? 'GET' : method)))];
}

/** The names of the actions, also of those that come from a table elsewhere. */
async function actionsIn(source: string): Promise<readonly string[]> {
  const start = source.indexOf('export const actions');
  if (start === -1) return [];
  const own = namesIn(source.slice(start));
  const shared = source.slice(start).includes('verbActions') ? await sharedActions() : [];
  const names = [...own, ...shared];
  if (names.length === 0) throw new Error('actions were found, and none of their names');
  return names.map((name) => (name === 'default' ? '?/' : `?/${name}`));
}

async function sharedActions(): Promise<readonly string[]> {
  const source = await readFile(path.resolve(ROUTES, '../lib/server/http/agent-actions.ts'), 'utf8');
  return namesIn(source.slice(source.indexOf('export const verbActions')));
}

function namesIn(source: string): readonly string[] {
  return [...source.matchAll(/^ {2}(\w+): (?:action|verb)\(/gm)].map(([, name = '']) => name);
}
