/**
 * Owns the http server and nothing else: all app code lives in Kit's bundle, whose `init` hook starts the app on the server that it finds
 * under `slipway.http`. (Importing src/lib/server from here would make a second copy of every singleton.)
 *
 * Start: server, import of the build (starts the app or throws), listen, `ready`.
 * End: no new connections, `app.close()` (socket.io first, the database last), drain, cut what is left.
 */
import { createServer } from 'node:http';
import { isIP } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { settleForwarded, trustedProxies } from './forwarded.js';
import { StartError } from './start-error.js';

/**
 * What the app leaves under `slipway.app` while it starts.
 * @typedef {object} App
 * @property {{ host: string, port: number }} listen
 * @property {readonly string[]} [trustedProxies] addresses and networks; without it SLIPWAY_TRUSTED_PROXIES counts
 * @property {(address: string) => void} ready
 * @property {() => Promise<void>} close
 */

/** How long open requests may go on after a signal, and when the process ends whatever is still open. */
const DRAIN_MS = 3_000;
const GIVE_UP_MS = 4_500;
/** One Ctrl-C arrives more than once: from the terminal, and passed on by npm. Only a later one is a second wish. */
const ECHO_MS = 300;

/** How long a request may take to arrive; a large upload over a slow line takes its time. */
const UPLOAD_MS = 60 * 60_000;
const limits = { headersTimeout: 20_000, requestTimeout: UPLOAD_MS, keepAliveTimeout: 65_000 };
// The listener is there before the app: socket.io passes on what is not its own only to listeners that it finds when it attaches.
const server = createServer(limits, (request, response) => {
  handle(request, response, () => response.writeHead(404).end('Not Found'));
});
/** @type {typeof import('../build/handler.js').handler} */
let handle = (_request, response) => response.writeHead(503).end('Starting');
/** When the first signal came, as milliseconds since 1970. */
let stoppingSince;

// from the first moment: as process 1 of a container Node would not end by a signal that nobody handles
process.on('SIGTERM', () => void stop(143));
process.on('SIGINT', () => void stop(130));
process.on('SIGHUP', () => void stop(129));

try {
  await start();
} catch (error) {
  // a configuration that cannot be used explains itself; anything else is a bug and shows where
  const explained = error instanceof StartError || (error instanceof Error && error.name === 'ConfigError');
  fail(explained ? error.message : error);
}

async function start() {
  const { env } = process;
  // Kit's adapter reads these while it is imported. It takes forms over plain http only when a header tells it the scheme.
  env.PROTOCOL_HEADER = 'x-forwarded-proto';
  env.ADDRESS_HEADER = 'x-forwarded-for';
  env.XFF_DEPTH = '1';
  // the app limits bodies by itself (http/body-limit.ts): an uploaded tar may be large
  env.BODY_SIZE_LIMIT ??= 'Infinity';
  Reflect.set(globalThis, Symbol.for('slipway.http'), {
    server,
    root: path.dirname(import.meta.dirname),
    argv: process.argv.slice(2),
  });
  handle = (await importBuild()).handler;
  const app = runningApp();
  if (app === undefined)
    throw new Error('The build did not start an app: its init hook left nothing under slipway.app.');
  const isTrusted = trustedProxies(app.trustedProxies ?? env.SLIPWAY_TRUSTED_PROXIES?.split(',') ?? []);
  // first in line, before socket.io: its polls and upgrades need settled headers too
  for (const event of ['request', 'upgrade']) {
    server.prependListener(event, (request) => settleForwarded(request, isTrusted));
  }
  app.ready(await listenOn(app.listen));
}

/** @returns {App | undefined} undefined until the init hook has made it */
function runningApp() {
  return Reflect.get(globalThis, Symbol.for('slipway.app'));
}

async function importBuild() {
  try {
    return await import('../build/handler.js');
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND' && error.url?.endsWith('/build/handler.js')) {
      throw new StartError('There is no build yet: "npm start" makes one, and so does "npm run build".');
    }
    throw error;
  }
}

/** @returns {Promise<string>} the address for a browser */
function listenOn({ host, port }) {
  const remedies = {
    EADDRINUSE:
      'another program (another Slipway?) listens there already. Stop it, or choose another port with PORT.',
    EACCES: 'this user may not use that port. Choose one above 1023 with PORT.',
    EADDRNOTAVAIL: 'this machine does not have that address. Correct HOST.',
    ENOTFOUND: 'that name has no address. Correct HOST.',
  };
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new StartError(`Slipway cannot listen on ${host}:${port}: ${remedies[error.code] ?? error.message}`),
      );
    });
    server.listen(port, host, () => {
      const bound = server.address();
      resolve(`http://${isIP(bound.address) === 6 ? `[${bound.address}]` : bound.address}:${bound.port}`);
    });
  }).catch(async (error) => {
    await runningApp()?.close();
    throw error;
  });
}

/** @param {number} impatientCode the exit code when a second signal comes */
async function stop(impatientCode) {
  if (stoppingSince !== undefined) {
    if (Date.now() - stoppingSince > ECHO_MS) process.exit(impatientCode);
    return;
  }
  stoppingSince = Date.now();
  setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  const drained = new Promise((resolve) => server.close(resolve)); // closes idle connections too
  const drainEnd = sleep(DRAIN_MS + 250);
  const giveUp = setTimeout(() => fail('Slipway did not close in time and has been cut off.'), GIVE_UP_MS);
  try {
    await runningApp()?.close();
  } catch (error) {
    fail(error);
  }
  clearTimeout(giveUp);
  server.closeIdleConnections(); // those that became idle meanwhile
  await Promise.race([drained, drainEnd]); // closeAllConnections does not know upgraded sockets
  process.exit(0);
}

/** @param {unknown} reason @returns {never} */
function fail(reason) {
  process.stderr.write(`${reason instanceof Error ? reason.stack : reason}\n`);
  process.exit(1);
}
