/**
 * A way out for the builds of the container test: machines of test engines have no route to anywhere. It is an http proxy on a unix socket,
 * which reaches over network namespaces, and it knows only the two places that the Dockerfiles of agents need.
 */
import fs from 'fs';
import http from 'http';
import net from 'net';
import os from 'os';
import path from 'path';
import { say } from '../say.mjs';

const PLACES = ['deb.debian.org', 'registry.npmjs.org'];

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ socket: string, close: () => void }>} `socket` is empty when nothing may or can be reached
 */
export async function openOutside(env) {
  const none = { socket: '', close: () => undefined };
  if (env.SLIPWAY_NO_INSTALL === '1') {
    say(
      'the images of agents are not built: SLIPWAY_NO_INSTALL=1 forbids to download what they are made of.',
    );
    return none;
  }
  const reached = await Promise.all(PLACES.map((host) => reaches(host)));
  if (reached.includes(false)) {
    say(`the images of agents are not built: ${PLACES.join(' and ')} cannot be reached.`);
    return none;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'slipway-outside-'));
  const socket = path.join(folder, 'proxy.sock');
  const server = proxy();
  await new Promise((resolve) => server.listen(socket, () => resolve(undefined)));
  return {
    socket,
    close: () => {
      server.close();
      server.closeAllConnections();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * @param {string} host
 * @returns {Promise<boolean>}
 */
function reaches(host) {
  return new Promise((resolve) => {
    const connection = net.connect({ host, port: 80, timeout: 5000 });
    const answer = (/** @type {boolean} */ good) => {
      connection.destroy();
      resolve(good);
    };
    connection.on('connect', () => answer(true));
    connection.on('timeout', () => answer(false));
    connection.on('error', () => answer(false));
  });
}

function proxy() {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url || '', 'http://nowhere');
    if (!PLACES.includes(url.hostname)) {
      response.writeHead(403).end();
      return;
    }
    const onward = http.request(url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode || 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, client, head) => {
    const [host = '', port] = (request.url || '').split(':');
    if (!PLACES.includes(host)) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const onward = net.connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      onward.pipe(client);
      client.pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
  });
  return server;
}
