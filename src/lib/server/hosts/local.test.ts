import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectLocal, parseLocalAddress } from './local.ts';

it.each([
  ['unix:///var/run/docker.sock', '/var/run/docker.sock'],
  ['/run/user/1000/docker.sock', '/run/user/1000/docker.sock'],
  ['npipe:////./pipe/docker_engine', '//./pipe/docker_engine'],
])('%s is the socket %s', (address, path) => {
  expect(parseLocalAddress(address)).toEqual({ path });
});

it.each(['', 'tcp://10.0.0.1:2375', 'docker.sock', 'unix://'])('"%s" is no local address', (address) => {
  expect(() => parseLocalAddress(address)).toThrow(expect.objectContaining({ code: 'VALIDATION' }));
});

it("connects to a socket, and rejects with the system's own error when there is none", async () => {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  const path = join(dir, 's.sock');
  await expect(connectLocal({ path })).rejects.toMatchObject({ code: 'ENOENT' });
  const server = net.createServer((socket) => socket.end('hello'));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const stream = await connectLocal({ path });
  expect((await stream.toArray()).join('')).toBe('hello');
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});
