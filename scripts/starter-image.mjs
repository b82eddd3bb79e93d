/**
 * Builds the starter image on an engine, without a registry and without a docker CLI. Run by itself: `node scripts/starter-image.mjs`,
 * on the engine that DOCKER_HOST or DOCKER_SOCKET names.
 */
import { execFileSync } from 'child_process';
import crypto from 'crypto';
import fs from 'fs';
import path from 'path';
import { fileURLToPath } from 'url';
import { addressOf, callEngine, endpointOf } from './engine-api.mjs';
import { staticPrograms } from './static-programs.mjs';
import { tar } from './tar.mjs';

export const STARTER_IMAGE = 'slipway/starter:latest';
/** Its value is a hash of all that the image is made of, so that a changed one is built anew. */
const CONTENT_LABEL = 'dev.slipway.starter';
const SOURCE = fileURLToPath(new URL('../static/images/starter/', import.meta.url));
const AGENT_USER = 1000;

/**
 * @param {import('./engine-api.mjs').Endpoint} endpoint
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<'built' | 'there already'>}
 * @throws {Error} with a sentence: a program is missing, or what the engine said
 */
export async function ensureStarterImage(endpoint, env) {
  const present = await callEngine(endpoint, { path: `/images/${STARTER_IMAGE}/json` });
  const dockerfile = fs.readFileSync(path.join(SOURCE, 'Dockerfile'));
  let rootfs;
  try {
    const { busybox, tini } = staticPrograms(env);
    rootfs = starterRootfs(busybox, tini);
  } catch (error) {
    if (present.status === 200) return 'there already'; // perhaps not the newest, but it works
    throw error;
  }
  const hash = crypto.createHash('sha256').update(dockerfile).update(rootfs).digest('hex').slice(0, 16);
  if (present.status === 200 && present.body.includes(`"${CONTENT_LABEL}":"${hash}"`)) return 'there already';
  const context = tar([
    { path: 'Dockerfile', content: dockerfile },
    { path: 'rootfs.tar', content: rootfs },
  ]);
  const labels = JSON.stringify({ [CONTENT_LABEL]: hash });
  const query = new URLSearchParams({ t: STARTER_IMAGE, rm: '1', forcerm: '1', labels });
  await build(endpoint, `/build?${query}`, context);
  return 'built';
}

/** An engine says that a build failed in the last line of a stream that has status 200. */
async function build(endpoint, url, context) {
  const call = { method: 'POST', path: url, body: context, type: 'application/x-tar', timeoutMs: 120000 };
  const { status, body } = await callEngine(endpoint, call);
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  const failure = lines.map((line) => JSON.parse(line)).find((line) => line.error || line.message);
  if (status !== 200 || failure !== undefined) {
    throw new Error(`the engine could not build it: ${failure ? failure.error || failure.message : status}`);
  }
}

/**
 * The file system: our own files, the two programs, a link for each of BusyBox's commands, the agent's directories.
 * @param {string} busybox path of a static one, which this machine can run
 * @param {string} tini
 */
export function starterRootfs(busybox, tini) {
  const commands = execFileSync(busybox, ['--list-full'], { encoding: 'utf8' }).trim().split('\n');
  const own = ['bin/agent-shell', 'etc/group', 'etc/nsswitch.conf', 'etc/passwd', 'etc/shrc', 'etc/welcome'];
  return tar([
    ...[
      'bin',
      'etc',
      'home',
      'proc',
      'sbin',
      'sys',
      'dev',
      'run',
      'usr',
      'usr/bin',
      'usr/sbin',
      'usr/local',
      'usr/local/bin',
    ].map((path) => ({ path })),
    { path: 'root', mode: 0o700 },
    { path: 'tmp', mode: 0o1777 },
    { path: 'home/agent', owner: AGENT_USER },
    { path: 'workspace', owner: AGENT_USER },
    { path: 'bin/busybox', content: fs.readFileSync(busybox), mode: 0o755 },
    { path: 'sbin/tini', content: fs.readFileSync(tini), mode: 0o755 },
    ...own.map((file) => ({
      path: file,
      content: fs.readFileSync(path.join(SOURCE, 'rootfs', file)),
      mode: file.startsWith('bin/') ? 0o755 : 0o644,
    })),
    ...commands
      .filter((command) => command !== 'bin/busybox')
      .map((command) => ({ path: command, linkTo: '/bin/busybox' })),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const endpoint = endpointOf(process.env);
  ensureStarterImage(endpoint, process.env).then(
    (outcome) => console.log(`${STARTER_IMAGE} on ${addressOf(endpoint)}: ${outcome}`),
    (error) => {
      console.error(`${STARTER_IMAGE} on ${addressOf(endpoint)}: ${error.message}`);
      process.exitCode = 1;
    },
  );
}
