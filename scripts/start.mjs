/**
 * `npm start`: from a fresh checkout to a page that works. Each step does nothing when there is nothing to do, asks nothing, and says what
 * it does. Everything here runs on an old Node.js (16) too; the app runs on the one that is a package of this project.
 */
import path from 'path';
import { fileURLToPath } from 'url';
import { ensureBuilt, pinnedNode } from './built.mjs';
import { passSignals, run } from './child.mjs';
import { withEngineSettings } from './engine-settings.mjs';
import { ensureInstalled } from './installed.mjs';
import { ensureEngine } from './machine-engine.mjs';
import { say } from './say.mjs';
import { ensureStarterImage, STARTER_IMAGE } from './starter-image.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { env } = process;
const args = process.argv.slice(2);

async function main() {
  passSignals(({ signalCode, childCode }) => process.exit(childCode === undefined ? signalCode : childCode));
  if ((await ensureInstalled(root, env)) !== 0) return giveUp('npm ci failed: see what it wrote above.');
  const engine = await ensureEngine(await withEngineSettings(args, env, process.cwd()));
  if ((await ensureBuilt(root, env)) !== 0) return giveUp('the build failed: see above.');
  if (engine === undefined)
    say(
      'starting without an engine: the page says what is missing, and agents can be launched as soon as one answers.',
    );
  else await prepareStarterImage(engine);
  return run(pinnedNode(root), [path.join(root, 'server.js'), ...args], {
    cwd: process.cwd(),
    stdio: 'inherit',
  });
}

/** Without it the app works too, so that nothing ends here. */
async function prepareStarterImage(engine) {
  try {
    const outcome = await ensureStarterImage(engine, env);
    if (outcome === 'built')
      say(`built the image ${STARTER_IMAGE}, so that a first agent can be launched at once`);
  } catch (error) {
    say(`the image ${STARTER_IMAGE} is not there: ${error.message}`);
  }
}

function giveUp(sentence) {
  say(sentence);
  return 1;
}

main().then((code) => {
  process.exitCode = code;
});
