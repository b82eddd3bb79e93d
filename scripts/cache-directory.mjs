import fs from 'fs';
import os from 'os';
import path from 'path';

/**
 * Where scripts keep what is slow to make and can be made again: outside the checkout, private to the user.
 * @param {NodeJS.ProcessEnv} env
 */
export function cacheDirectory(env) {
  const directory =
    env.SLIPWAY_TEST_CACHE || path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'slipway');
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}
