import { spawn } from 'child_process';
import os from 'os';

/**
 * The child that runs now, if any, and how a signal reaches it.
 * @type {{ child: import('child_process').ChildProcess, signal: (name: NodeJS.Signals) => void } | undefined}
 */
let current;

/**
 * Runs a program in the foreground.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('child_process').SpawnOptions} [options] without them it has no input and shares our output
 * @returns {Promise<number>} its exit code; 128 and more for a signal; 127 when there is no such program
 */
export function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, Object.assign({ stdio: ['ignore', 'inherit', 'inherit'] }, options));
    // a detached child leads a process group, and the whole group gets the signal: npm would not pass it on to its grandchildren
    current = {
      child,
      signal: (name) => {
        if (child.pid && options && options.detached) process.kill(-child.pid, name);
        else child.kill(name);
      },
    };
    const ended = (/** @type {number} */ code) => {
      current = undefined;
      resolve(code);
    };
    child.on('error', () => ended(127));
    child.on('exit', (code, signal) => ended(exitCode(code, signal)));
  });
}

/**
 * From now on a signal goes to the running child too; when that has ended, `finish` decides this process's end. npm starts a script by a
 * shell, and the SIGTERM that it passes on may end that shell alone: losing our parent under npm counts as a SIGTERM.
 * @param {(ended: { signalCode: number, childCode: number | undefined }) => void} finish
 */
export function passSignals(finish) {
  let finished = false;
  const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
    const end = (/** @type {number | undefined} */ childCode) => {
      if (!finished) finish({ signalCode: exitCode(null, signal), childCode });
      finished = true;
    };
    if (current === undefined) return end(undefined);
    current.child.once('exit', (code, by) => end(exitCode(code, by)));
    current.signal(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    onSignal('SIGTERM');
  }, 250);
  watch.unref();
}

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
function exitCode(code, signal) {
  return code !== null ? code : 128 + (signal === null ? 0 : os.constants.signals[signal]);
}
