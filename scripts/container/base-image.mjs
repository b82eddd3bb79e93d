/**
 * The base of the container test, made without a registry for images: a Debian by debootstrap, the Node.js and npm of this checkout, and a
 * filled npm cache, so that the Dockerfile's own steps run as shipped and without a network. Only the base differs.
 */
import { execFileSync } from 'child_process';
import crypto from 'crypto';
import fs from 'fs';
import path from 'path';
import { fileURLToPath } from 'url';
import { pinnedNode } from '../built.mjs';
import { cacheDirectory } from '../cache-directory.mjs';
import { run } from '../child.mjs';
import { say } from '../say.mjs';

const SUITE = 'bookworm';

/** What `docker import --change` gets. */
export const BASE_CHANGES = [
  'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'ENV npm_config_cache=/npm-cache npm_config_offline=true npm_config_update_notifier=false',
  'CMD ["node"]',
];

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} the path of a tar for `docker import`, kept for the next time
 */
export async function ensureBaseImage(root, env) {
  const cache = path.join(cacheDirectory(env), 'container');
  fs.mkdirSync(cache, { recursive: true });
  const npm = npmDirectory(env);
  const parts = [
    path.join(root, 'package.json'),
    path.join(root, 'package-lock.json'),
    path.join(npm, 'package.json'),
    fileURLToPath(import.meta.url),
  ];
  const hash = crypto.createHash('sha256');
  for (const part of parts) hash.update(fs.readFileSync(part));
  const archive = path.join(cache, `base-${hash.digest('hex').slice(0, 12)}.tar`);
  if (fs.existsSync(archive)) return archive;
  const tree = await ensureDebian(cache, env);
  const npmCache = path.join(cache, 'npm');
  await fillNpmCache(root, npmCache, env);
  const stage = path.join(cache, 'stage');
  fs.rmSync(stage, { recursive: true, force: true });
  try {
    fs.mkdirSync(path.join(stage, 'usr/local/bin'), { recursive: true });
    fs.mkdirSync(path.join(stage, 'usr/local/lib/node_modules'), { recursive: true });
    fs.copyFileSync(pinnedNode(root), path.join(stage, 'usr/local/bin/node'));
    fs.symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', path.join(stage, 'usr/local/bin/npm'));
    fs.cpSync(npm, path.join(stage, 'usr/local/lib/node_modules/npm'), {
      recursive: true,
      dereference: true,
    });
    fs.cpSync(npmCache, path.join(stage, 'npm-cache'), { recursive: true });
    for (const old of fs.readdirSync(cache).filter((name) => name.startsWith('base-')))
      fs.rmSync(path.join(cache, old));
    // not their parent directories: an engine refuses an archive that names a path twice
    const added = ['usr/local/bin/node', 'usr/local/bin/npm', 'usr/local/lib/node_modules/npm', 'npm-cache'];
    execFileSync('tar', ['-cf', `${archive}.part`, '-C', tree, '.', '-C', stage, ...added]);
    fs.renameSync(`${archive}.part`, archive);
  } finally {
    fs.rmSync(stage, { recursive: true, force: true });
  }
  return archive;
}

/**
 * The same Debian without anything of ours, for the images of agents.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} the path of a tar for `docker import`, kept for the next time
 */
export async function ensureDebianArchive(env) {
  const cache = path.join(cacheDirectory(env), 'container');
  fs.mkdirSync(cache, { recursive: true });
  const archive = path.join(cache, `debian-${SUITE}.tar`);
  if (fs.existsSync(archive)) return archive;
  const tree = await ensureDebian(cache, env);
  execFileSync('tar', ['-cf', `${archive}.part`, '-C', tree, '.']);
  fs.renameSync(`${archive}.part`, archive);
  return archive;
}

/**
 * The same with an sshd, for the agents that have one of their own.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} the path of a tar for `docker import`, kept for the next time
 */
export async function ensureSshdArchive(env) {
  const cache = path.join(cacheDirectory(env), 'container');
  fs.mkdirSync(cache, { recursive: true });
  const archive = path.join(cache, `debian-${SUITE}-sshd.tar`);
  if (fs.existsSync(archive)) return archive;
  const tree = await ensureDebian(cache, env, ['openssh-server', 'rsync']);
  // keys of a host are its own
  for (const name of fs
    .readdirSync(path.join(tree, 'etc/ssh'))
    .filter((each) => each.startsWith('ssh_host_')))
    fs.rmSync(path.join(tree, 'etc/ssh', name));
  execFileSync('tar', ['-cf', `${archive}.part`, '-C', tree, '.']);
  fs.renameSync(`${archive}.part`, archive);
  fs.rmSync(tree, { recursive: true, force: true });
  return archive;
}

/**
 * A minimal Debian with the user that the official Node.js image has.
 * @param {string} cache
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} packages that are in it besides
 */
async function ensureDebian(cache, env, packages = []) {
  const tree = path.join(cache, [SUITE, ...packages].join('-'));
  if (fs.existsSync(tree)) return tree;
  say(`making a minimal Debian for the tests (debootstrap, once; kept in ${tree})`);
  const part = `${tree}.part`;
  fs.rmSync(part, { recursive: true, force: true });
  const include = packages.length === 0 ? [] : [`--include=${packages.join(',')}`];
  const code = await run('debootstrap', ['--variant=minbase', ...include, SUITE, part], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (code !== 0)
    throw new Error(`debootstrap failed: see ${path.join(part, 'debootstrap/debootstrap.log')}`);
  execFileSync('chroot', [part, 'useradd', '--create-home', '--uid', '1000', 'node']);
  for (const waste of ['var/cache/apt/archives', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/locale']) {
    fs.rmSync(path.join(part, waste), { recursive: true, force: true });
  }
  fs.renameSync(part, tree);
  return tree;
}

/**
 * @param {string} root
 * @param {string} npmCache
 * @param {NodeJS.ProcessEnv} env
 */
async function fillNpmCache(root, npmCache, env) {
  say('filling an npm cache for the container test (npm ci)');
  const scratch = path.join(path.dirname(npmCache), 'scratch'); // a name of its own would stay behind when this is interrupted
  fs.rmSync(scratch, { recursive: true, force: true });
  fs.mkdirSync(scratch);
  try {
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      fs.copyFileSync(path.join(root, file), path.join(scratch, file));
    const args = ['ci', '--include=dev', '--ignore-scripts', '--prefer-offline', '--cache', npmCache];
    const code = await run('npm', args, { cwd: scratch, env, stdio: ['ignore', 'ignore', 'inherit'] });
    if (code !== 0) throw new Error('npm ci failed');
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Where the npm that runs here is installed.
 * @param {NodeJS.ProcessEnv} env
 */
function npmDirectory(env) {
  const modules = execFileSync('npm', ['root', '--global'], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  return path.join(modules, 'npm');
}
