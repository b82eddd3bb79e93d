/** Prometheus' own checker of metrics: that of the machine, else the one in Debian's package, unpacked into the cache without being installed. */
import fs from 'fs';
import path from 'path';
import { cacheDirectory } from './cache-directory.mjs';
import { say } from './say.mjs';
import { unpack } from './static-programs.mjs';

const PACKAGE = 'prometheus';

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string} its path
 * @throws {Error} a sentence that says what is missing and what to do
 */
export function promtool(env) {
  const unpacked = path.join(cacheDirectory(env), 'promtool');
  const places = [...(env.PATH || '').split(':'), path.join(unpacked, 'usr/bin')].map((place) =>
    path.join(place, 'promtool'),
  );
  const find = () => places.find((place) => fs.existsSync(place));
  const found = find();
  if (found !== undefined) return found;
  const remedy = `install Debian's package ${PACKAGE} ("apt-get install ${PACKAGE}") and start again`;
  if (env.SLIPWAY_NO_INSTALL === '1')
    throw new Error(`promtool is missing and SLIPWAY_NO_INSTALL=1 forbids to fetch it: ${remedy}`);
  say(`fetching promtool out of Debian's package ${PACKAGE} (once; kept in ${unpacked})`);
  const why = unpack(PACKAGE, unpacked);
  const fetched = find();
  if (fetched === undefined)
    throw new Error(`promtool is missing and could not be fetched (${why}): ${remedy}`);
  // the rest of the package is the server, which nobody here wants
  for (const name of fs.readdirSync(unpacked))
    if (name !== 'usr') fs.rmSync(path.join(unpacked, name), { recursive: true });
  fs.rmSync(path.join(unpacked, 'usr/bin/prometheus'), { force: true });
  fs.rmSync(path.join(unpacked, 'usr/share'), { recursive: true, force: true });
  return fetched;
}
