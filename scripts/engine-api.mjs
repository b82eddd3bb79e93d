/**
 * The few calls to a container engine that the scripts need, over its HTTP API with nothing but Node: they run before anything is
 * installed, and on an old Node too.
 */
import fs from 'fs';
import http from 'http';
import https from 'https';
import path from 'path';

export const DEFAULT_SOCKET = '/var/run/docker.sock';

/**
 * @typedef {{ kind: 'unix', socketPath: string }
 *   | { kind: 'tcp', host: string, port: number, tls: { ca: Buffer, cert: Buffer, key: Buffer } | undefined }
 *   | { kind: 'other', address: string }} Endpoint
 * `other`: a way to reach an engine that these scripts do not speak (ssh, npipe); the app may.
 */

/**
 * The engine that the environment names, by the same rule as the app: DOCKER_HOST, DOCKER_SOCKET, the default socket.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Endpoint}
 */
export function endpointOf(env) {
  const address = env.DOCKER_HOST || env.DOCKER_SOCKET || DEFAULT_SOCKET;
  if (address.startsWith('unix://')) return { kind: 'unix', socketPath: address.slice('unix://'.length) };
  if (address.startsWith('/')) return { kind: 'unix', socketPath: address };
  if (!/^(tcp|https?):\/\//.test(address)) return { kind: 'other', address };
  const url = new URL(address.replace(/^tcp:/, 'http:'));
  const tls = address.startsWith('https:') || Boolean(env.DOCKER_TLS_VERIFY);
  const port = Number(url.port) || (tls ? 2376 : 2375);
  return { kind: 'tcp', host: url.hostname, port, tls: tls ? certificates(env) : undefined };
}

/** @param {NodeJS.ProcessEnv} env */
function certificates(env) {
  const directory = env.DOCKER_CERT_PATH || path.join(env.HOME || '/root', '.docker');
  const read = (/** @type {string} */ name) => fs.readFileSync(path.join(directory, name));
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

/** @param {Endpoint} endpoint */
export function addressOf(endpoint) {
  if (endpoint.kind === 'unix') return `unix://${endpoint.socketPath}`;
  return endpoint.kind === 'tcp' ? `tcp://${endpoint.host}:${endpoint.port}` : endpoint.address;
}

/**
 * @param {Endpoint} endpoint
 * @param {{ method?: string, path: string, body?: Buffer, type?: string, timeoutMs?: number, onData?: (chunk: Buffer) => void }} call
 *   `onData` hears the answer as it comes; then it is not kept
 * @returns {Promise<{ status: number, body: string }>} rejects with Node's error, or with code ETIMEDOUT
 */
export function callEngine(endpoint, call) {
  if (endpoint.kind === 'other')
    return Promise.reject(new Error(`not a socket or tcp address: ${endpoint.address}`));
  const target =
    endpoint.kind === 'unix'
      ? { socketPath: endpoint.socketPath }
      : Object.assign({ host: endpoint.host, port: endpoint.port }, endpoint.tls);
  const send = endpoint.kind === 'tcp' && endpoint.tls ? https.request : http.request;
  const headers = {
    Host: 'engine',
    'Content-Type': call.type || 'application/json',
    'Content-Length': (call.body || '').length,
  };
  return new Promise((resolve, reject) => {
    const options = Object.assign(target, {
      method: call.method || 'GET',
      path: call.path,
      headers,
      agent: false,
    });
    const request = send(options, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', call.onData || ((chunk) => chunks.push(chunk)));
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(deadline);
        resolve({ status: response.statusCode || 0, body: Buffer.concat(chunks).toString() });
      });
    });
    const deadline = setTimeout(() => {
      request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
    }, call.timeoutMs || 10000);
    /** @param {Error} error */
    function fail(error) {
      clearTimeout(deadline);
      reject(error);
    }
    request.on('error', fail);
    request.end(call.body);
  });
}

/**
 * Why an engine does not answer, in words for a person; undefined when it does.
 * @param {Endpoint} endpoint
 * @param {number} [timeoutMs]
 * @returns {Promise<{ code: string, sentence: string } | undefined>}
 */
export async function whyNoAnswer(endpoint, timeoutMs) {
  if (endpoint.kind === 'other')
    return { code: 'OTHER', sentence: `is reached by a way that only the app speaks` };
  try {
    const { status } = await callEngine(endpoint, { path: '/_ping', timeoutMs: timeoutMs || 3000 });
    return status === 200 ? undefined : { code: String(status), sentence: `answers with status ${status}` };
  } catch (error) {
    const { code = '', message } = /** @type {NodeJS.ErrnoException} */ (error);
    return { code, sentence: SENTENCES[code] || `cannot be reached (${message})` };
  }
}

/** @type {Readonly<Record<string, string>>} */
const SENTENCES = {
  ENOENT: 'is not there: no engine runs, or its socket is elsewhere (set DOCKER_HOST or DOCKER_SOCKET)',
  EACCES:
    'may not be used by this user: add the user to the group that owns the socket (usually "docker") and log in again',
  ECONNREFUSED:
    'refuses connections: no engine listens there (a socket file that an ended engine left behind does not answer)',
  ETIMEDOUT: 'does not answer: its engine hangs or is overloaded',
};
