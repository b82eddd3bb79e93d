/**
 * `npm test`: everything that has to hold, one after the other, going on after a failure. `npm test -- lint unit` runs only those.
 * The last line counts them all: each check is one, vitest and Playwright count their tests.
 */
import fs from 'fs';
import os from 'os';
import path from 'path';
import { fileURLToPath } from 'url';
import { build, ensureBuilt } from './built.mjs';
import { passSignals, run } from './child.mjs';
import { ensureBaseImage, ensureDebianArchive } from './container/base-image.mjs';
import { openOutside } from './container/outside.mjs';
import { ensureInstalled } from './installed.mjs';
import { countPlaywright, countVitest, sentenceOf, total } from './test-counts.mjs';
import { ensurePrograms, startSharedEngine } from './test-machine.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'slipway-test-'));

const STEPS = {
  format: check('format:check'),
  lint: check('lint'),
  types: check('check'),
  imports: check('deps'),
  deadcode: check('knip'),
  unit: { needs: { engine: true, browser: true }, run: (env) => vitest(env, 'unit', []) },
  build: { needs: {}, run: async (env) => one(await build(root, env)) },
  e2e: { needs: { engine: true, browser: true, build: true }, run: playwright },
  container: { needs: { engine: true, container: true }, run: container },
};

async function main() {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !(name in STEPS));
  if (unknown.length > 0)
    throw new Error(`There is no step ${unknown.join(', ')}. The steps: ${Object.keys(STEPS).join(' ')}`);
  const names = chosen.length > 0 ? chosen : Object.keys(STEPS);
  const needs = Object.assign({}, ...names.map((name) => STEPS[name].needs));

  const env = Object.assign({}, process.env, { DOCKER_HOST: '', DOCKER_SOCKET: '' }); // no test may reach the machine's own engine
  if ((await ensureInstalled(root, env)) !== 0) throw new Error('npm ci failed.');
  await ensurePrograms(needs, env);
  const results = {};
  if (needs.engine) {
    heading('engine');
    const engine = await startSharedEngine(env);
    if (engine === undefined) results.engine = one(1);
    else
      Object.assign(env, { SLIPWAY_TEST_ENGINE: JSON.stringify(engine), SLIPWAY_TEST_SOCKET: engine.socket });
  }
  for (const name of names) {
    heading(name);
    const started = Date.now();
    results[name] = await runStep(STEPS[name], env);
    results[name].seconds = Math.round((Date.now() - started) / 1000);
  }
  return summarize(results);
}

async function runStep(step, env) {
  try {
    if (step.needs.build && (await ensureBuilt(root, env)) !== 0) return one(1);
    return await step.run(env);
  } catch (error) {
    console.error(error.message);
    return one(1);
  }
}

function check(script) {
  return { needs: {}, run: async (env) => one(await npmRun(env, script, [])) };
}

/** One check that passed or failed. */
function one(exitCode) {
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
}

async function vitest(env, name, args, through) {
  const report = path.join(reports, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return counted(countVitest, report, await npmRun(env, 'unit', [...args, ...reporters], through));
}

/** In the network of the engine's machine: the port of the container is published there. */
async function container(env) {
  const archive = await ensureBaseImage(root, env);
  const through = ['nsenter', `--net=/run/netns/${JSON.parse(env.SLIPWAY_TEST_ENGINE).prefix}-1`, '--'];
  const config = ['--config', 'scripts/container/vitest.config.ts'];
  const debian = await ensureDebianArchive(env);
  const outside = await openOutside(env);
  const given = {
    SLIPWAY_TEST_BASE: archive,
    SLIPWAY_TEST_DEBIAN: debian,
    SLIPWAY_TEST_OUTSIDE: outside.socket,
  };
  try {
    return await vitest(Object.assign(given, env), 'container', config, through);
  } finally {
    outside.close();
  }
}

async function playwright(env) {
  const report = path.join(reports, 'e2e.json');
  const withReport = Object.assign(
    { PLAYWRIGHT_JSON_OUTPUT_FILE: report, PLAYWRIGHT_HTML_OPEN: 'never' },
    env,
  );
  return counted(countPlaywright, report, await npmRun(withReport, 'e2e', ['--reporter=list,html,json']));
}

/** A runner that left no report has failed as a whole. */
function counted(count, report, exitCode) {
  return fs.existsSync(report) ? count(JSON.parse(fs.readFileSync(report, 'utf8')), exitCode) : one(1);
}

function npmRun(env, script, args, through = []) {
  const [command, ...rest] = [...through, 'npm', 'run', '--silent', script, '--', ...args];
  return run(command, rest, { cwd: root, env, detached: true });
}

function heading(name) {
  console.log(`\n━━ ${name} ${'━'.repeat(Math.max(0, 76 - name.length))}`);
}

function summarize(results) {
  heading('result');
  for (const name of Object.keys(results)) {
    const { seconds = 0, ...counts } = results[name];
    const mark = counts.failed > 0 ? 'FAILED' : 'ok';
    console.log(`${name.padEnd(10)} ${mark.padEnd(7)} ${`${seconds} s`.padStart(6)}  ${sentenceOf(counts)}`);
  }
  const all = total(Object.values(results));
  console.log(sentenceOf(all));
  return all.failed === 0 && all.passed > 0 ? 0 : 1;
}

process.on('exit', () => fs.rmSync(reports, { recursive: true, force: true }));
passSignals(({ signalCode }) => process.exit(signalCode));
main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
