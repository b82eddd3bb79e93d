/** Installs Debian packages that the machine lacks, where that is allowed: Debian or Ubuntu, root, and not refused. */
import { spawnSync } from 'child_process';
import fs from 'fs';
import path from 'path';
import { run } from './child.mjs';
import { say } from './say.mjs';

const APT = ['-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', 'install'];

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} why packages cannot be installed here
 */
export function whyNoInstall(env) {
  if (env.SLIPWAY_NO_INSTALL === '1') return 'SLIPWAY_NO_INSTALL=1 forbids it';
  if (!fs.existsSync('/etc/debian_version') || !hasProgram('apt-get', env))
    return 'this is not Debian or Ubuntu';
  return process.getuid() === 0 ? undefined : 'that needs root';
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
export function hasProgram(name, env) {
  const places = [...(env.PATH || '').split(':'), '/usr/sbin', '/sbin'];
  return places.some((place) => fs.existsSync(path.join(place, name)));
}

/**
 * @param {readonly string[]} packages
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>} whether it worked
 */
export async function installPackages(packages, env) {
  say(`installing ${packages.join(' ')} with apt-get (SLIPWAY_NO_INSTALL=1 refuses this)`);
  const options = {
    env: Object.assign({}, env, { DEBIAN_FRONTEND: 'noninteractive' }),
    stdio: ['ignore', 'ignore', 'inherit'],
  };
  const silently = Object.assign({}, options, { stdio: 'ignore' });
  const known = spawnSync('apt-cache', ['show', ...packages], silently).status === 0;
  // old lists name files that the mirror has no more: a second try with new lists
  if (known && (await run('apt-get', [...APT, ...packages], options)) === 0) return true;
  await run('apt-get', ['-qq', 'update'], options);
  return (await run('apt-get', [...APT, ...packages], options)) === 0;
}
