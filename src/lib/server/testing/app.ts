/** The whole of Slipway on a fake engine, with its database in a folder of its own: for tests of the doors. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { startApp, type App, type StartOptions } from '../app.ts';
import { readConfig } from '../config.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { IMAGE } from './world.ts';

export const SETUP_TOKEN = 'a-setup-token-for-tests';
export const PASSWORD = 'correct horse battery';
const VISITOR = { address: '127.0.0.1', userAgent: 'a browser' };

export interface AppOptions extends Partial<StartOptions> {
  readonly env?: Readonly<Record<string, string>>;
  /** That of an earlier app, to start again on its data; it stays. */
  readonly dataDir?: string;
  readonly fake?: FakeEngine;
  /** For several tests: closed by what is returned, and not when the test ends. */
  readonly shared?: boolean;
}

export interface TestApp {
  readonly app: App;
  readonly fake: FakeEngine;
  readonly dataDir: string;
  readonly close: () => Promise<void>;
}

/** A folder that goes when the test ends. Ask for it before an app that keeps its data there: what came last is cleaned up first. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-app-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Started, its host online; closed when the test ends. */
export async function anApp(options: AppOptions = {}): Promise<TestApp> {
  const { fake = new FakeEngine(), env = {}, shared = false, ...start } = options;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'slipway-app-'));
  fake.addImage(IMAGE);
  const config = readConfig({
    argv: [],
    env: {
      SLIPWAY_DATA_DIR: dataDir,
      SLIPWAY_LOG_LEVEL: 'silent',
      SLIPWAY_SETUP_TOKEN: SETUP_TOKEN,
      ...env,
    },
    cwd: dataDir,
  });
  const openEngine = () => fake.open();
  const app = await startApp(config, { migrationsDir: 'drizzle', openEngine, ...start });
  const close = async () => {
    await app.close();
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  if (!shared) onTestFinished(close);
  return { app, fake, dataDir, close };
}

/** Makes the first admin and signs in. Gives the secret of the session. */
export async function setUp(app: App, name = 'ada'): Promise<string> {
  const session = await app.services.accounts.setup(
    { token: SETUP_TOKEN, name, password: PASSWORD },
    VISITOR,
  );
  return session.secret;
}

/** For what a test makes only in part: shapes of the framework that have many members, of which the code under test reads few. */
export function partly<Whole>(part: object): Whole {
  return z.custom<Whole>().parse(part);
}
