/**
 * `npm run bench -- [parts] [options]`, see bench/main.ts: this makes sure of packages, programs and the build, and that no engine is left
 * behind however the measuring ends.
 */
import { spawnSync } from 'child_process';
import path from 'path';
import { fileURLToPath } from 'url';
import { ensureBuilt, pinnedNode } from './built.mjs';
import { passSignals, run } from './child.mjs';
import { ensureInstalled } from './installed.mjs';
import { ensurePrograms } from './test-machine.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

async function main() {
  const env = Object.assign({}, process.env, { DOCKER_HOST: '', DOCKER_SOCKET: '' }); // nothing here may reach the machine's own engine
  if ((await ensureInstalled(root, env)) !== 0) throw new Error('npm ci failed.');
  await ensurePrograms({ engine: true, browser: true, container: false }, env);
  if ((await ensureBuilt(root, env)) !== 0) throw new Error('The build failed.');
  const args = [path.join(root, 'bench', 'main.ts'), ...process.argv.slice(2)];
  return run(pinnedNode(root), args, { cwd: root, env, stdio: 'inherit' });
}

// removes only machines whose owner has gone
process.on('exit', () => {
  spawnSync(path.join(root, 'scripts', 'engines.sh'), ['sweep'], { stdio: 'ignore' });
});
passSignals(({ signalCode, childCode }) => process.exit(childCode === undefined ? signalCode : childCode));
main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
