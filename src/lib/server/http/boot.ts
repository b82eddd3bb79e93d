/**
 * Starts the app inside Kit's bundle. The entry (server.js, or Vite in development) owns the http server and publishes it on globalThis; the app
 * publishes itself there in turn, so that the entry knows where to listen and what to close.
 */
import type { Server } from 'node:http';
import { join } from 'node:path';
import { startApp, type App } from '../app.ts';
import { ConfigError, processConfig } from '../config.ts';
import { attachRealtime } from '../realtime/realtime.ts';
import { authenticateUpgrade } from './authenticate.ts';

interface Entry {
  readonly server: Server;
  /** The folder that holds drizzle/. */
  readonly root: string;
  readonly argv?: readonly string[];
}

const ENTRY = Symbol.for('slipway.http');
const APP = Symbol.for('slipway.app');

export async function boot(): Promise<App> {
  // a module that development loads anew must not start a second app on the same database
  const running: unknown = Reflect.get(globalThis, APP);
  if (isOurs(running)) return running.app;
  const entry = readEntry();
  const app = await start(entry);
  if (entry !== null) {
    const realtime = attachRealtime(entry.server, app, (request) => authenticateUpgrade(app, request));
    app.onClose(() => realtime.close());
  }
  Reflect.set(globalThis, APP, {
    app,
    listen: { host: app.config.host, port: app.config.port },
    trustedProxies: app.config.trustedProxies,
    ready: (address: string) => {
      announce(app, address);
    },
    close: () => app.close(),
  });
  return app;
}

async function start(entry: Entry | null): Promise<App> {
  try {
    const config = processConfig(entry?.argv ?? []);
    return await startApp(config, { migrationsDir: join(entry?.root ?? process.cwd(), 'drizzle') });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(
      `Slipway cannot start with this configuration:\n${error.message.replace(/^/gm, '  ')}\n`,
    );
    process.exit(1);
  }
}

function announce(app: App, address: string): void {
  const lines = [`Slipway is up at ${address}`];
  const token = app.services.accounts.setupToken;
  if (token !== null) lines.push(`First start: open ${address}/setup and enter the setup token ${token}`);
  if (app.config.auth === 'none') lines.push('Sign-in is off: everybody on this machine is an admin.');
  for (const host of app.fleet.views()) {
    if (host.error !== null) lines.push(`Host ${host.name}: ${host.error.message}. ${host.error.hint}`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

function readEntry(): Entry | null {
  const entry: unknown = Reflect.get(globalThis, ENTRY);
  return typeof entry === 'object' && entry !== null && 'server' in entry && 'root' in entry
    ? (entry as Entry)
    : null;
}

function isOurs(value: unknown): value is { readonly app: App } {
  return typeof value === 'object' && value !== null && 'app' in value;
}
