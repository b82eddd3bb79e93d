/** A Slipway of a test's own: server, data directory, its first admin, a session for browsers and a token for scripts. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Api } from './api.ts';
import { ServerProcess, type Ended } from './server-process.ts';

export const ADMIN = { name: 'admin', password: 'correct horse battery' } as const;
export const SETUP_TOKEN = 'e2e-setup-token-0123456789';

export interface SiteOptions {
  /** Path of the engine's socket. */
  readonly socket: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
}

export class Site {
  readonly dataDir: string;
  readonly #env: Readonly<Record<string, string>>;
  #server: ServerProcess;
  #api: Api | null = null;
  #cookie: Cookie | null = null;

  private constructor(dataDir: string, env: Readonly<Record<string, string>>, server: ServerProcess) {
    this.dataDir = dataDir;
    this.#env = env;
    this.#server = server;
  }

  /** Up, and not yet set up: `setUp()` makes the admin. */
  static async start({ socket, env = {} }: SiteOptions): Promise<Site> {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'slipway-e2e-'));
    const all = {
      PORT: '0',
      SLIPWAY_DATA_DIR: dataDir,
      SLIPWAY_SETUP_TOKEN: SETUP_TOKEN,
      SLIPWAY_DEV_PAGES: '1',
      DOCKER_HOST: `unix://${socket}`,
      ...env,
    };
    const server = await ServerProcess.start(all, dataDir);
    // on the same port after a restart: browsers come back to it
    return new Site(dataDir, { ...all, PORT: new URL(server.url).port }, server);
  }

  get url(): string {
    return this.#server.url;
  }

  get output(): string {
    return this.#server.output;
  }

  /** What the server wrote about mistakes of its own (level error and worse). No test may cause any. */
  get bugs(): readonly string[] {
    return this.output.split('\n').filter((line) => /^\{"level":[56]0,/.test(line));
  }

  /** With a token of the admin. Throws before `setUp()`. */
  get api(): Api {
    if (this.#api === null) throw new Error('the site is not set up');
    return this.#api;
  }

  /** The admin's session, for a browser context. Empty before `setUp()`. */
  get storageState() {
    const { hostname } = new URL(this.url);
    const cookie = {
      domain: hostname,
      path: '/',
      expires: -1,
      httpOnly: true,
      secure: false,
      sameSite: 'Lax' as const,
    };
    return { cookies: this.#cookie === null ? [] : [{ ...cookie, ...this.#cookie }], origins: [] };
  }

  async setUp(): Promise<void> {
    const made = await this.#post('/api/setup', { token: SETUP_TOKEN, ...ADMIN });
    const [name = '', value = ''] = (made.headers.getSetCookie()[0]?.split(';')[0] ?? '').split('=');
    this.#cookie = { name, value };
    const token = await this.#post(
      '/api/tokens',
      { name: 'e2e', expiresInDays: 1 },
      { cookie: `${name}=${value}`, origin: this.url },
    );
    const { secret } = (await token.json()) as { secret: string };
    this.#api = new Api(() => this.url, secret);
  }

  sigterm(): Promise<Ended> {
    return this.#server.end('SIGTERM');
  }

  kill9(): Promise<Ended> {
    return this.#server.end('SIGKILL');
  }

  /** Starts it again after its end, on the same data and the same port. */
  async startAgain(): Promise<void> {
    this.#server = await ServerProcess.start(this.#env, this.dataDir);
  }

  /** Ends it and removes its agents and its data. */
  async end(): Promise<void> {
    if (this.#api !== null && this.#server.running) await this.#api.removeAgents().catch(() => undefined);
    await this.#server.end('SIGKILL');
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async #post(
    address: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const response = await fetch(this.url + address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`POST ${address}: ${response.status} ${await response.text()}`);
    return response;
  }
}
