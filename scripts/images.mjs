/**
 * `npm run images [-- NAME...]`: builds the agents' images, base first, on the engine that DOCKER_HOST or DOCKER_SOCKET names; without a docker
 * CLI. It stops at the first failure. An image whose files and arguments have not changed is left as it is.
 *
 *   --base-image IMAGE     what the base image begins with (debian:bookworm-slim)
 *   --build-arg KEY=VALUE  for all of them; may be given again
 *   --extra-ca FILE        PEM certificates that the images trust too: for networks that re-sign https
 */
import crypto from 'crypto';
import fs from 'fs';
import path from 'path';
import { fileURLToPath } from 'url';
import { addressOf, callEngine, endpointOf, whyNoAnswer } from './engine-api.mjs';
import { tar } from './tar.mjs';

/** Base first: the others are made from it. */
export const IMAGE_NAMES = ['base', 'claude', 'codex', 'gemini', 'aider'];
/** Its value is a hash of all that the image is made of. */
const CONTENT_LABEL = 'dev.slipway.image';
const SOURCE = fileURLToPath(new URL('../static/images/', import.meta.url));
const BUILD_TIMEOUT_MS = 30 * 60 * 1000;

/**
 * @param {readonly string[]} words
 * @returns {{ names: readonly string[], baseImage: string | undefined, args: Record<string, string> }}
 * @throws {Error} with a sentence
 */
export function readArguments(words) {
  const names = [];
  /** @type {Record<string, string>} */
  const args = {};
  let baseImage;
  for (let at = 0; at < words.length; at += 1) {
    const [flag = '', ...rest] = (words[at] || '').split('=');
    if (!flag.startsWith('--')) {
      names.push(flag);
      continue;
    }
    const value = rest.length > 0 ? rest.join('=') : words[(at += 1)];
    if (value === undefined || value === '') throw new Error(`${flag} needs a value`);
    if (flag === '--base-image') baseImage = value;
    else if (flag === '--extra-ca') args.EXTRA_CA = fs.readFileSync(value, 'utf8');
    else if (flag === '--build-arg') {
      const equals = value.indexOf('=');
      if (equals < 1) throw new Error(`--build-arg needs KEY=VALUE, not ${value}`);
      args[value.slice(0, equals)] = value.slice(equals + 1);
    } else throw new Error(`There is no flag ${flag}`);
  }
  const unknown = names.filter((name) => !IMAGE_NAMES.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no image ${unknown.join(', ')}. The images: ${IMAGE_NAMES.join(' ')}`);
  return { names, baseImage, args };
}

/**
 * @param {string} name
 * @returns {Buffer} a build context; the same files give the same bytes
 */
export function contextOf(name) {
  const folder = path.join(SOURCE, name);
  const files = filesIn(folder).map((file) => ({
    path: file,
    content: fs.readFileSync(path.join(folder, file)),
    mode: file.includes('/bin/') ? 0o755 : 0o644,
  }));
  return tar(files);
}

/**
 * @param {string} folder
 * @returns {string[]} paths below it, sorted
 */
function filesIn(folder) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesIn(path.join(folder, entry.name)).map((file) => `${entry.name}/${file}`)
        : [entry.name],
    )
    .sort();
}

/**
 * @param {import('./engine-api.mjs').Endpoint} endpoint
 * @param {string} name
 * @param {{ baseImage: string | undefined, args: Record<string, string> }} wish
 * @param {(text: string) => void} write the engine's output as it comes
 * @returns {Promise<'built' | 'there already'>}
 * @throws {Error} with what the engine said
 */
export async function ensureImage(endpoint, name, wish, write) {
  const tag = `slipway/${name}:latest`;
  const context = contextOf(name);
  const own = name === 'base' && wish.baseImage !== undefined ? { BASE_IMAGE: wish.baseImage } : {};
  const args = Object.assign({}, wish.args, own);
  const base = name === 'base' ? '' : await imageId(endpoint, 'slipway/base:latest');
  if (base === undefined)
    throw new Error('it is made from slipway/base:latest, which is not there: build base too');
  const hash = crypto.createHash('sha256').update(context).update(JSON.stringify(args)).update(base);
  const value = hash.digest('hex').slice(0, 16);
  const present = await callEngine(endpoint, { path: `/images/${tag}/json` });
  if (present.status === 200 && present.body.includes(`"${CONTENT_LABEL}":"${value}"`))
    return 'there already';
  const query = new URLSearchParams({
    t: tag,
    rm: '1',
    forcerm: '1',
    labels: JSON.stringify({ [CONTENT_LABEL]: value }),
    buildargs: JSON.stringify(args),
  });
  await build(endpoint, `/build?${query}`, context, write);
  return 'built';
}

/**
 * @param {import('./engine-api.mjs').Endpoint} endpoint
 * @param {string} reference
 * @returns {Promise<string | undefined>}
 */
async function imageId(endpoint, reference) {
  const { status, body } = await callEngine(endpoint, { path: `/images/${reference}/json` });
  return status === 200 ? JSON.parse(body).Id : undefined;
}

/**
 * An engine says that a build failed in a line of a stream that has status 200.
 * @param {import('./engine-api.mjs').Endpoint} endpoint
 * @param {string} url
 * @param {Buffer} context
 * @param {(text: string) => void} write
 */
async function build(endpoint, url, context, write) {
  let failure = '';
  const lines = lineReader((line) => {
    const said = JSON.parse(line);
    if (said.stream) write(said.stream);
    else if (said.error || said.message) failure = said.error || said.message;
    else if (said.status && !said.progressDetail) write(`${said.status}\n`);
  });
  const { status } = await callEngine(endpoint, {
    method: 'POST',
    path: url,
    body: context,
    type: 'application/x-tar',
    timeoutMs: BUILD_TIMEOUT_MS,
    onData: lines.take,
  });
  lines.end();
  if (status !== 200 || failure !== '') throw new Error(failure || `the engine answered ${status}`);
}

/** @param {(line: string) => void} onLine */
function lineReader(onLine) {
  let rest = '';
  const decoder = new TextDecoder();
  return {
    take: (/** @type {Buffer} */ chunk) => {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() || '';
      for (const line of parts) if (line.trim() !== '') onLine(line);
    },
    /** What came without a newline after it. */
    end: () => {
      if (rest.trim() !== '') onLine(rest);
    },
  };
}

async function main() {
  const { names, baseImage, args } = readArguments(process.argv.slice(2));
  const endpoint = endpointOf(process.env);
  const problem = await whyNoAnswer(endpoint);
  if (problem !== undefined) throw new Error(`The engine at ${addressOf(endpoint)} ${problem.sentence}.`);
  for (const name of IMAGE_NAMES.filter((each) => names.length === 0 || names.includes(each))) {
    const began = Date.now();
    const outcome = await ensureImage(endpoint, name, { baseImage, args }, (text) =>
      process.stdout.write(text),
    ).catch((error) => {
      throw new Error(
        `slipway/${name}:latest could not be built on ${addressOf(endpoint)}: ${error.message}`,
      );
    });
    const seconds = ((Date.now() - began) / 1000).toFixed(0);
    console.log(
      `slipway/${name}:latest on ${addressOf(endpoint)}: ${outcome}${outcome === 'built' ? ` in ${seconds} s` : ''}`,
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
