/**
 * The image that the Dockerfile makes, on a real engine, as compose.yaml runs it. Runs in the network of the test engine's machine (the
 * published port is there), on a base that base-image.mjs made.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { SOCKET_PATH } from '#lib/protocol/socket.ts';
import { startTestEngine, type TestEngine } from '../test-engine.ts';
import { BASE_CHANGES } from './base-image.mjs';

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '../..');
const ADDRESS = 'http://127.0.0.1:3200';
const BASE = 'slipway-test/node:24';
const IMAGE = 'slipway-test/app:latest';
const SOCKET = '/var/run/docker.sock';
const TOKEN = 'a-setup-token-of-the-container-test';

let engine: TestEngine;
let cookie = '';
let bearer = '';
let live: Socket | undefined;

beforeAll(async () => {
  engine = await startTestEngine();
  const archive = process.env['SLIPWAY_TEST_BASE'] ?? '';
  await engine.cli('import', ...BASE_CHANGES.flatMap((change) => ['--change', change]), archive, BASE);
});
afterAll(async () => {
  live?.close();
  await engine.cli('rm', '-f', 'app');
  await engine.stop();
});

it('is built by the Dockerfile as shipped, with only the base another', async () => {
  await run(
    'docker',
    ['-H', `unix://${engine.socket}`, 'build', '-q', '-t', IMAGE, '--build-arg', `NODE_IMAGE=${BASE}`, ROOT],
    {
      env: { ...process.env, DOCKER_BUILDKIT: '0' },
      maxBuffer: 64 << 20,
    },
  );
  expect(await engine.cli('inspect', '-f', '{{.Config.User}}', IMAGE)).toBe('node');
});

it('becomes healthy as a user without rights on a read-only root', async () => {
  const group = await engine.inside('stat', '-c', '%g', SOCKET);
  const hardening = [
    '--read-only',
    '--tmpfs',
    '/tmp',
    '--cap-drop',
    'ALL',
    '--security-opt',
    'no-new-privileges',
    '--group-add',
    group,
  ];
  const mounts = ['-v', 'data:/data', '-v', `${SOCKET}:${SOCKET}`];
  const env = ['-e', `SLIPWAY_SETUP_TOKEN=${TOKEN}`];
  await engine.cli(
    'run',
    '-d',
    '--name',
    'app',
    '-p',
    '127.0.0.1:3200:3200',
    ...hardening,
    ...mounts,
    ...env,
    IMAGE,
  );
  await vi.waitFor(
    async () => {
      expect(await engine.cli('inspect', '-f', '{{.State.Health.Status}}', 'app')).toBe('healthy');
    },
    { timeout: 60_000, interval: 250 },
  );
  expect(await (await fetch(`${ADDRESS}/healthz`)).text()).toBe('ok');
});

it('makes the first admin for whoever has the token', async () => {
  const answer = await post('/api/setup', { token: TOKEN, name: 'admin', password: 'correct horse battery' });
  expect(answer.status).toBe(201);
  cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const made = await post('/api/tokens', { name: 'container test' });
  expect(made.status).toBe(201);
  bearer = z.object({ secret: z.string() }).parse(await made.json()).secret;
});

it('launches an agent through the mounted socket', async () => {
  const answer = await post('/api/agents?wait=true', { name: 'first', type: 'shell' });
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ name: 'first', status: 'ready' });
  expect(await agentIsRunning()).toBe(true);
});

it('ends by SIGTERM in less than 5 s with a websocket open, with code 0, and the agent goes on', async () => {
  live = io(ADDRESS, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    extraHeaders: { origin: ADDRESS, cookie },
    reconnection: false,
  });
  await new Promise((resolve, reject) => {
    live?.once('connect', () => {
      resolve(undefined);
    });
    live?.once('connect_error', reject);
  });
  const started = performance.now();
  await engine.cli('stop', '-t', '20', 'app');
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(await engine.cli('inspect', '-f', '{{.State.ExitCode}} {{.State.OOMKilled}}', 'app')).toBe(
    '0 false',
  );
  expect(await agentIsRunning()).toBe(true);
});

it('knows its agent and its users after a start', async () => {
  await engine.cli('start', 'app');
  await vi.waitFor(
    async () => {
      const answer = await fetch(`${ADDRESS}/api/agents`, { headers: { authorization: `Bearer ${bearer}` } });
      expect(await answer.json()).toMatchObject({ agents: [{ name: 'first', status: 'ready' }] });
    },
    { timeout: 30_000, interval: 250 },
  );
});

it('keeps nothing but the data directory writable', async () => {
  await expect(
    engine.cli('exec', 'app', 'node', '-e', "require('fs').writeFileSync('/app/x', '')"),
  ).rejects.toThrow(/EROFS/);
  expect(
    await engine.cli('exec', 'app', 'node', '-p', "require('fs').statSync('/data').mode.toString(8)"),
  ).toBe('40700');
});

/** With the session while there is no token yet: then from our own origin, as a browser does. */
function post(url: string, body: unknown): Promise<Response> {
  const who = bearer === '' ? { origin: ADDRESS, cookie } : { authorization: `Bearer ${bearer}` };
  return fetch(ADDRESS + url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...who },
  });
}

async function agentIsRunning(): Promise<boolean> {
  return (
    (await engine.cli('ps', '--filter', 'label=dev.slipway.agent.name=first', '--format', '{{.State}}')) ===
    'running'
  );
}
