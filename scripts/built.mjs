/** `vite build`, when the build is older than its sources. */
import fs from 'fs';
import path from 'path';
import { run } from './child.mjs';
import { say } from './say.mjs';

const SOURCES = [
  'src',
  'static',
  'package-lock.json',
  'package.json',
  'svelte.config.js',
  'tsconfig.json',
  'vite.config.ts',
];

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} an exit code
 */
export async function ensureBuilt(root, env) {
  const built = builtAt(root);
  if (built !== undefined && SOURCES.every((source) => newest(path.join(root, source)) < built)) return 0;
  say(
    built === undefined
      ? 'building the app (npm run build)'
      : 'building the app again: its sources have changed',
  );
  return build(root, env);
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} an exit code
 */
export async function build(root, env) {
  // a build that is broken off must not look like one
  fs.rmSync(path.join(root, 'build'), { recursive: true, force: true });
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  return run(pinnedNode(root), [vite, 'build', '--logLevel', 'error'], {
    cwd: root,
    env: Object.assign({ NODE_ENV: 'production' }, env),
  });
}

/**
 * The Node.js that is a package of this project.
 * @param {string} root
 */
export function pinnedNode(root) {
  return path.join(root, 'node_modules', 'node', 'bin', 'node');
}

/** @param {string} root */
function builtAt(root) {
  const entry = path.join(root, 'build', 'handler.js');
  return fs.existsSync(entry) ? fs.statSync(entry).mtimeMs : undefined;
}

/**
 * The latest change of a file, or of a directory and all in it: a file that has been removed has changed its directory.
 * @param {string} file
 * @returns {number} milliseconds since 1970
 */
function newest(file) {
  if (!fs.existsSync(file)) return 0;
  const { mtimeMs } = fs.statSync(file);
  if (!fs.statSync(file).isDirectory()) return mtimeMs;
  return fs
    .readdirSync(file)
    .reduce((latest, name) => Math.max(latest, newest(path.join(file, name))), mtimeMs);
}
