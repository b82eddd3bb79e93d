/** server.js as it is, with a stand-in for the build: what it does around the app. */
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

/** Leaves an app under slipway.app like the real one, tells what it is asked, and never ends /slow. */
const BUILD = `
  if (process.env.FAIL) throw Object.assign(new Error(process.env.FAIL), { name: 'ConfigError' });
  const entry = globalThis[Symbol.for('slipway.http')];
  globalThis[Symbol.for('slipway.app')] = {
    listen: { host: '127.0.0.1', port: Number(process.env.PORT) },
    ready: (address) => console.log('ready ' + address + ' ' + entry.argv.join(' ')),
    close: async () => { console.log('closed'); if (process.env.NEVER_CLOSES) await new Promise(() => undefined); },
  };
  export const handler = (request, response) => {
    if (request.url === '/slow') return response.write('first');
    const { host, 'x-forwarded-proto': proto, 'x-forwarded-for': client } = request.headers;
    response.end(JSON.stringify({ host, proto, client, more: request.headers['x-forwarded-host'] }));
  };
`;

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'slipway-server-'));
  for (const part of ['server.js', 'server'])
    cpSync(path.join(ROOT, part), path.join(directory, part), { recursive: true });
  mkdirSync(path.join(directory, 'build'));
  writeFileSync(path.join(directory, 'build/handler.js'), BUILD);
  writeFileSync(path.join(directory, 'package.json'), '{"type":"module"}');
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

class Server {
  readonly #child: ChildProcess;
  readonly ended: Promise<{ code: number | null; ms: number }>;
  output = '';

  constructor(
    env: Record<string, string> = {},
    nodeArgs: readonly string[] = [],
    args: readonly string[] = [],
  ) {
    const settings = { PATH: process.env['PATH'] ?? '', PORT: '0', ...env };
    this.#child = spawn(process.execPath, [...nodeArgs, 'server.js', ...args], {
      cwd: directory,
      env: settings,
    });
    const started = performance.now();
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (code) => {
        resolve({ code, ms: performance.now() - started });
      });
    });
    onTestFinished(() => {
      this.#child.kill('SIGKILL');
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (text) => (this.output += String(text)));
  }

  /** Waits for a line of output that matches, and gives its first group. */
  async said(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match[1] ?? '';
      await new Promise((resolve, reject) => {
        this.#child.stdout?.once('data', resolve);
        void this.ended.then(() => {
          reject(new Error(`ended without ${pattern.source}: ${this.output}`));
        });
      });
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

const ADDRESS = /ready (\S+)/;

describe('the start', () => {
  it('says which Node.js is needed when it is too old, before anything is loaded', async () => {
    const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`;
    const server = new Server({}, ['--import', old]);
    expect((await server.ended).code).toBe(1);
    expect(server.output).toMatch(/^Slipway needs Node\.js 22\.17 or newer, and this is 20\.20\.2: .*\n$/);
  });

  it('shows a configuration that cannot be used as its sentence alone', async () => {
    const server = new Server({ FAIL: 'PORT: "x" is not a port' });
    expect((await server.ended).code).toBe(1);
    expect(server.output).toBe('PORT: "x" is not a port\n');
  });

  it('hands flags to the app, and tells it the address when it listens', async () => {
    const server = new Server({}, [], ['--log-level', 'debug']);
    expect(await server.said(/ready http:\/\/127\.0\.0\.1:\d+ (.*)/)).toBe('--log-level debug');
  });

  it('says who has the port, closes the app and fails when something listens there already', async () => {
    const port = new URL(await new Server().said(ADDRESS)).port;
    const second = new Server({ PORT: port });
    expect((await second.ended).code).toBe(1);
    expect(second.output).toMatch(
      new RegExp(`^closed\nSlipway cannot listen on 127.0.0.1:${port}: another program .*\n$`),
    );
  });
});

describe('the end', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'by %s closes the app and is a success',
    async (signal) => {
      const server = new Server();
      await (await fetch(await server.said(ADDRESS))).text(); // leaves a connection that is kept alive
      server.kill(signal);
      expect(await server.ended).toMatchObject({ code: 0 });
      expect(server.output).toMatch(/closed\n$/);
    },
  );

  it('cuts what is still being answered after three seconds', async () => {
    const server = new Server();
    const response = await fetch(`${await server.said(ADDRESS)}/slow`);
    server.kill('SIGTERM');
    await expect(response.text()).rejects.toThrow();
    const { code, ms } = await server.ended;
    expect(code).toBe(0);
    expect(ms).toBeLessThan(5_000);
  });

  it('takes signals that come together for one, and a later one for impatience', async () => {
    const server = new Server({ NEVER_CLOSES: '1' });
    await server.said(ADDRESS);
    server.kill('SIGINT');
    server.kill('SIGINT');
    await server.said(/(closed)/);
    const impatience = setInterval(() => {
      server.kill('SIGINT');
    }, 100);
    const { code, ms } = await server.ended;
    clearInterval(impatience);
    expect(code).toBe(130);
    expect(ms).toBeLessThan(4_000);
  });

  it('fails when the app does not close in time', async () => {
    const server = new Server({ NEVER_CLOSES: '1' });
    await server.said(ADDRESS);
    server.kill('SIGTERM');
    expect((await server.ended).code).toBe(1);
    expect(server.output).toContain('did not close in time');
  });
});

describe('what a request says about its way', () => {
  const FORWARDED = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'slipway.example.test',
    'x-forwarded-for': '203.0.113.9, 198.51.100.7, 127.0.0.5',
  };

  async function seenBy(server: Server): Promise<unknown> {
    return (await fetch(await server.said(ADDRESS), { headers: FORWARDED })).json();
  }

  it('is believed of a trusted proxy: scheme, host, and the first address that is no proxy', async () => {
    const server = new Server({ SLIPWAY_TRUSTED_PROXIES: '127.0.0.0/8, ::1' });
    expect(await seenBy(server)).toEqual({
      host: 'slipway.example.test',
      proto: 'https',
      client: '198.51.100.7',
    });
  });

  it('is replaced by what the connection shows when it comes from anyone else', async () => {
    const server = new Server({ SLIPWAY_TRUSTED_PROXIES: '203.0.113.1' });
    const { host } = new URL(await server.said(ADDRESS));
    expect(await seenBy(server)).toEqual({ host, proto: 'http', client: '127.0.0.1' });
  });
});
