/**
 * The machine's own Docker Engine: found, and where that is allowed installed and started. Run by itself:
 * `node scripts/machine-engine.mjs` does the same.
 */
import { spawn, spawnSync } from 'child_process';
import fs from 'fs';
import path from 'path';
import { fileURLToPath } from 'url';
import { hasProgram, installPackages, whyNoInstall } from './debian-packages.mjs';
import { addressOf, DEFAULT_SOCKET, endpointOf, whyNoAnswer } from './engine-api.mjs';
import { say } from './say.mjs';

const LOG = '/var/log/slipway-engine.log';
const PID_FILE = '/run/slipway/engine.pid';
const START_MS = 40000;

/**
 * Makes sure that an engine answers, if it can. What it did, or why it could not, it says.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<import('./engine-api.mjs').Endpoint | undefined>} undefined: none answers
 */
export async function ensureEngine(env) {
  let endpoint;
  try {
    endpoint = endpointOf(env);
  } catch (error) {
    say(`the engine's certificates cannot be read: ${error.message}`);
    return undefined;
  }
  const problem = await whyNoAnswer(endpoint);
  if (problem === undefined) return endpoint;
  say(`${addressOf(endpoint)} ${problem.sentence}.`);
  if (endpoint.kind !== 'unix' || !isDefaultSocket(endpoint.socketPath)) return undefined;
  if (problem.code !== 'ENOENT' && problem.code !== 'ECONNREFUSED') return undefined;
  const refusal = whyNoInstall(env);
  if (refusal !== undefined) {
    say(`no engine is installed or started by this set-up: ${refusal}.`);
    return undefined;
  }
  return (await installAndStart(env, endpoint)) ? endpoint : undefined;
}

function isDefaultSocket(socketPath) {
  return [DEFAULT_SOCKET, '/run/docker.sock'].includes(path.normalize(socketPath));
}

async function installAndStart(env, endpoint) {
  if (!hasProgram('dockerd', env)) {
    const installed = await installPackages(['docker.io', 'iptables', 'tini'], env);
    if (!installed) {
      say('Docker could not be installed: see what apt-get wrote above.');
      return false;
    }
    if ((await whyNoAnswer(endpoint)) === undefined) return true; // the package has started it
  }
  const running = enginesHere()[0];
  if (running !== undefined && !(await answersInTime(endpoint, () => true, 5000))) {
    say(
      `a dockerd runs already (process ${running}), but it does not listen on ${addressOf(endpoint)}: set DOCKER_HOST to where it does.`,
    );
    return false;
  }
  return running !== undefined || start(endpoint);
}

async function start(endpoint) {
  let isAlive = () => true;
  if (fs.existsSync('/run/systemd/system')) {
    say('starting Docker (systemctl start docker)');
    spawnSync('systemctl', ['start', 'docker'], { stdio: 'inherit' });
  } else {
    say(`starting Docker (dockerd, log in ${LOG}); it goes on when Slipway ends`);
    fs.mkdirSync(path.dirname(PID_FILE), { recursive: true });
    fs.rmSync(PID_FILE, { force: true }); // enginesHere() found no process that it could belong to
    const log = fs.openSync(LOG, 'a');
    // a session of its own: Ctrl-C and a closed terminal do not reach it
    const engine = spawn('dockerd', ['--pidfile', PID_FILE, '--log-level', 'warn'], {
      cwd: '/',
      detached: true,
      env: Object.assign({}, process.env, { PATH: `${process.env.PATH}:/usr/sbin:/sbin` }),
      stdio: ['ignore', log, log],
    });
    engine.on('error', () => undefined);
    engine.unref();
    isAlive = () => engine.pid !== undefined && engine.exitCode === null;
  }
  if (await answersInTime(endpoint, isAlive, START_MS)) return true;
  say(`Docker did not start. The end of ${LOG}:`);
  if (fs.existsSync(LOG))
    console.log(fs.readFileSync(LOG, 'utf8').trimEnd().split('\n').slice(-5).join('\n'));
  return false;
}

async function answersInTime(endpoint, isAlive, limitMs) {
  const end = Date.now() + limitMs;
  while (Date.now() < end && isAlive()) {
    if ((await whyNoAnswer(endpoint, 1000)) === undefined) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** Process ids of the engines that see the same files as we do: one in a container or a test machine is none of them. */
function enginesHere() {
  const own = fs.readlinkSync('/proc/self/ns/mnt');
  return fs.readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return (
        fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'dockerd' &&
        fs.readlinkSync(`/proc/${pid}/ns/mnt`) === own
      );
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureEngine(process.env).then((endpoint) => {
    if (endpoint === undefined) process.exitCode = 1;
    else say(`an engine answers on ${addressOf(endpoint)}.`);
  });
}
