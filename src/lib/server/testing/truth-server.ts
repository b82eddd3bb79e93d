/**
 * Slipway as a process of its own, for tests that kill it: `node truth-server.ts` with SLIPWAY_DATA_DIR and DOCKER_HOST. It prints the port of its
 * socket. An agent that the environment describes is spawned at the first start.
 */
import { createServer } from 'node:http';
import { registerHooks } from 'node:module';
import type { Actor } from '../services/access.ts';

// programs of threads are put in by the build; nothing is searched here
registerHooks({
  load: (url, context, next) =>
    url.endsWith('?thread')
      ? { format: 'module', source: "export default '';", shortCircuit: true }
      : next(url, context),
});
const { startApp } = await import('../app.ts');
const { readConfig } = await import('../config.ts');
const { attachRealtime } = await import('../realtime/realtime.ts');

const { TRUTH_AGENT = '', ...env } = process.env;
const admin: Actor = { kind: 'system', name: 'truth', role: 'admin' };
const config = readConfig({ argv: [], env, cwd: '/' });
const app = await startApp(config, { migrationsDir: 'drizzle' });
if (app.services.agents.list(admin).length === 0)
  await app.services.agents.spawn(admin, JSON.parse(TRUTH_AGENT), { wait: false });

const http = createServer();
const realtime = attachRealtime(http, app, () => admin);
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  process.stdout.write(`${typeof address === 'object' ? (address?.port ?? 0) : 0}\n`);
});
process.once('SIGTERM', () => {
  void realtime
    .close()
    .then(() => app.close())
    .then(() => process.exit(0));
});
