/** What the tests need of the machine: programs, and one isolated engine that they share. */
import { spawnSync } from 'child_process';
import path from 'path';
import { fileURLToPath } from 'url';
import { run } from './child.mjs';
import { hasProgram, installPackages, whyNoInstall } from './debian-packages.mjs';
import { say } from './say.mjs';

const SCRIPTS = path.dirname(fileURLToPath(import.meta.url));

/** Program: Debian package. The docker CLI is a package of its own from Debian 13 on, and part of docker.io before. */
const ENGINE_NEEDS = {
  dockerd: 'docker.io',
  iptables: 'iptables',
  tini: 'tini',
  ip: 'iproute2',
  openssl: 'openssl',
  curl: 'curl',
  pgrep: 'procps',
  busybox: 'busybox-static',
  'docker-registry': 'docker-registry',
  ssh: 'openssh-client',
  rsync: 'rsync',
  debootstrap: 'debootstrap',
};
const BROWSER_NEEDS = { chromium: 'chromium' };
const CONTAINER_NEEDS = { debootstrap: 'debootstrap' };
const DOCKER_CLI = { docker: 'docker-cli' };

/**
 * @param {{ engine: boolean, browser: boolean, container: boolean }} wanted
 * @param {NodeJS.ProcessEnv} env
 */
export async function ensurePrograms(wanted, env) {
  await ensureThese(
    Object.assign(
      {},
      wanted.engine && ENGINE_NEEDS,
      wanted.browser && BROWSER_NEEDS,
      wanted.container && CONTAINER_NEEDS,
    ),
    env,
  );
  if (wanted.engine) await ensureThese(DOCKER_CLI, env);
}

async function ensureThese(needs, env) {
  const missing = Object.keys(needs).filter((program) => !hasProgram(program, env));
  if (missing.length === 0) return;
  const refusal = whyNoInstall(env);
  if (refusal === undefined)
    await installPackages(
      missing.map((program) => needs[program]),
      env,
    );
  else say(`missing: ${missing.join(', ')}; they are not installed: ${refusal}.`);
}

/**
 * Starts the shared engine. It ends with this process, however that ends.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ prefix: string, socket: string } | undefined>} undefined: it did not start, and said why
 */
export async function startSharedEngine(env) {
  const prefix = `s${process.pid.toString(36)}`;
  const script = path.join(SCRIPTS, 'engines.sh');
  const engineEnv = Object.assign({}, env, { EN_PREFIX: prefix, EN_OWNER: String(process.pid) });
  process.on('exit', () => {
    spawnSync(script, ['down'], { env: engineEnv, stdio: 'ignore' });
  });
  await run(script, ['sweep'], { env: engineEnv });
  if ((await run(script, ['up', '1'], { env: engineEnv })) !== 0) return undefined;
  const socket = `/tmp/slipway-engines/${prefix}/1/run/docker.sock`;
  const images = { env: Object.assign({}, env, { DOCKER_HOST: '', DOCKER_SOCKET: socket }) };
  if ((await run(process.execPath, [path.join(SCRIPTS, 'test-images.mjs')], images)) !== 0) return undefined;
  return { prefix, socket };
}
