/**
 * The two statically linked programs of the starter image: those that the machine has, else those in Debian's packages, which are
 * unpacked into the cache without being installed (no root needed).
 */
import { execFileSync, spawnSync } from 'child_process';
import fs from 'fs';
import path from 'path';
import { cacheDirectory } from './cache-directory.mjs';

const PROGRAMS = {
  busybox: { package: 'busybox-static', places: ['/bin/busybox', '/usr/bin/busybox'] },
  tini: { package: 'tini', places: ['/usr/bin/tini-static'] },
};

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ busybox: string, tini: string }} paths
 * @throws {Error} a sentence that says what is missing and what to do
 */
export function staticPrograms(env) {
  return { busybox: find('busybox', env), tini: find('tini', env) };
}

/**
 * @param {keyof typeof PROGRAMS} name
 * @param {NodeJS.ProcessEnv} env
 */
function find(name, env) {
  const program = PROGRAMS[name];
  const unpacked = path.join(cacheDirectory(env), program.package);
  const places = program.places.concat(program.places.map((place) => path.join(unpacked, place)));
  const found = places.find(isStatic);
  if (found !== undefined) return found;
  const remedy = `install Debian's package ${program.package} ("apt-get install ${program.package}") and start again`;
  if (env.SLIPWAY_NO_INSTALL === '1')
    throw new Error(`${program.package} is missing and SLIPWAY_NO_INSTALL=1 forbids to fetch it: ${remedy}`);
  const why = unpack(program.package, unpacked);
  const fetched = places.find(isStatic);
  if (fetched === undefined)
    throw new Error(`${program.package} is missing and could not be fetched (${why}): ${remedy}`);
  return fetched;
}

/**
 * A Debian package, without installing it.
 * @param {string} name
 * @param {string} directory
 * @returns {string} why it failed, if it did
 */
export function unpack(name, directory) {
  fs.mkdirSync(directory, { recursive: true });
  const download = () => spawnSync('apt-get', ['download', '-q', name], { cwd: directory, encoding: 'utf8' });
  let result = download();
  if (result.error) return 'there is no apt-get here';
  if (result.status !== 0 && process.getuid && process.getuid() === 0) {
    spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
    result = download();
  }
  if (result.status !== 0) return result.stderr.trim().split('\n').pop() || 'apt-get failed';
  const archive = fs.readdirSync(directory).find((file) => file.endsWith('.deb'));
  if (archive === undefined) return 'apt-get left no package';
  execFileSync('dpkg-deb', ['--extract', archive, '.'], { cwd: directory });
  return 'the package does not hold it';
}

/**
 * An ELF file that asks for no interpreter (program header type 3) needs no libraries.
 * @param {string} file
 */
function isStatic(file) {
  if (!fs.existsSync(file)) return false;
  const bytes = fs.readFileSync(file);
  if (bytes.toString('latin1', 0, 4) !== '\x7fELF' || bytes[4] !== 2 || bytes[5] !== 1) return false;
  const tableAt = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  const count = bytes.readUInt16LE(56);
  for (let i = 0; i < count; i++) {
    if (bytes.readUInt32LE(tableAt + i * size) === 3) return false;
  }
  return true;
}
