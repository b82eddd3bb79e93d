import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { addressOf, callEngine, endpointOf, whyNoAnswer } from './engine-api.mjs';

describe('the engine that the environment names', () => {
  it.each([
    [{}, 'unix:///var/run/docker.sock'],
    [{ DOCKER_SOCKET: '/tmp/a.sock' }, 'unix:///tmp/a.sock'],
    [{ DOCKER_SOCKET: '/tmp/a.sock', DOCKER_HOST: 'unix:///tmp/b.sock' }, 'unix:///tmp/b.sock'],
    [{ DOCKER_HOST: 'tcp://127.0.0.1' }, 'tcp://127.0.0.1:2375'],
    [{ DOCKER_HOST: 'ssh://somewhere' }, 'ssh://somewhere'],
  ])('of %o is %s', (env, address) => {
    expect(addressOf(endpointOf(env))).toBe(address);
  });
});

describe('an engine on a socket', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'slipway-api-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  async function engine(answer: RequestListener) {
    const socketPath = path.join(directory, 'docker.sock');
    const server = createServer(answer);
    await new Promise<void>((resolve) => {
      server.listen(socketPath, resolve);
    });
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { kind: 'unix', socketPath } as const;
  }

  it('that answers has no problem', async () => {
    const endpoint = await engine((_request, response) => response.end('OK'));
    expect(await whyNoAnswer(endpoint)).toBeUndefined();
  });

  it('that does not answer in time is said to hang', async () => {
    const endpoint = await engine(() => undefined);
    expect(await whyNoAnswer(endpoint, 50)).toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('that is not there, or answers with an error, is told apart', async () => {
    expect(await whyNoAnswer({ kind: 'unix', socketPath: path.join(directory, 'none') })).toMatchObject({
      code: 'ENOENT',
    });
    const endpoint = await engine((_request, response) => response.writeHead(503).end());
    expect(await whyNoAnswer(endpoint)).toMatchObject({ code: '503' });
  });

  it('gets the body of a call and gives back status and text', async () => {
    const endpoint = await engine((request, response) => {
      request.pipe(response.writeHead(201));
    });
    const answer = await callEngine(endpoint, {
      method: 'POST',
      path: '/build',
      body: Buffer.from('context'),
    });
    expect(answer).toEqual({ status: 201, body: 'context' });
  });
});
