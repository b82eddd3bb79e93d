/** Which engine Slipway is told to use, by the same precedence as the app: flag, environment, slipway.toml. */
import fs from 'fs';
import path from 'path';

/**
 * @param {readonly string[]} argv
 * @param {NodeJS.ProcessEnv} env
 * @param {string} directory where slipway.toml is looked for
 * @returns {Promise<NodeJS.ProcessEnv>} the environment with DOCKER_HOST and DOCKER_SOCKET as they count
 */
export async function withEngineSettings(argv, env, directory) {
  const docker = (await readConfig(env, directory)).docker || {};
  const given = {
    DOCKER_HOST: flagOf(argv, '--docker-host') || env.DOCKER_HOST || docker.host,
    DOCKER_SOCKET: flagOf(argv, '--docker-socket') || env.DOCKER_SOCKET || docker.socket,
  };
  return Object.assign({}, env, given);
}

function flagOf(argv, name) {
  const at = argv.indexOf(name);
  const joined = argv.find((arg) => arg.startsWith(`${name}=`));
  return joined !== undefined ? joined.slice(name.length + 1) : at === -1 ? undefined : argv[at + 1];
}

/** A file that cannot be read is the app's to complain about. */
async function readConfig(env, directory) {
  const file = path.resolve(directory, env.SLIPWAY_CONFIG || 'slipway.toml');
  if (!fs.existsSync(file)) return {};
  try {
    const { parse } = await import('smol-toml');
    return parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
