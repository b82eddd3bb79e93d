/** `npm ci`, when what is installed is not what package-lock.json says. */
import fs from 'fs';
import path from 'path';
import { run } from './child.mjs';
import { say } from './say.mjs';

/**
 * @param {string} root the checkout
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} an exit code
 */
export async function ensureInstalled(root, env) {
  const reason = whyInstall(root);
  if (reason === undefined) return 0;
  say(`installing npm packages (npm ci): ${reason}`);
  const bin = path.join(root, 'node_modules', '.bin');
  // npm must not run on the Node.js in node_modules, which it is about to remove
  const PATH = (env.PATH || '')
    .split(':')
    .filter((place) => path.resolve(place) !== bin)
    .join(':');
  return run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    env: Object.assign({}, env, { PATH }),
  });
}

/**
 * npm leaves in node_modules a lock of what it installed, as its last step: comparing the two needs no stamp of our own, and respects what
 * a developer installed by hand.
 * @param {string} root
 * @returns {string | undefined}
 */
export function whyInstall(root) {
  const installed = readPackages(path.join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'nothing is installed';
  if (!fs.existsSync(path.join(root, 'node_modules', 'node', 'bin', 'node')))
    return 'the Node.js that belongs to this project is missing';
  const wanted = readPackages(path.join(root, 'package-lock.json')) || {};
  const differs = Object.entries(wanted).find(([place, { version, optional }]) => {
    if (place === '') return false;
    const found = installed[place];
    // one that is for another platform is not installed here
    return found === undefined ? !optional : found.version !== version;
  });
  return differs && `${differs[0].replace('node_modules/', '')} is not what package-lock.json says`;
}

/**
 * @param {string} file
 * @returns {Record<string, { version: string, optional?: boolean }> | undefined}
 */
function readPackages(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).packages : undefined;
}
