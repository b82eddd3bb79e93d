/**
 * Finding and ending what an exec has started. The engine knows its pid on the host only and has no call that ends it, so each exec carries
 * a mark in its environment, which all that it starts inherits; what has put the mark off is found by its session, which every exec has for
 * itself.
 */
import type Docker from 'dockerode';
import { call, CALL_MS } from './deadlines.ts';
import { createExec, inspectExec } from './exec-calls.ts';
import { post } from './requests.ts';
import { number } from './shapes.ts';
import { setTimeout as delay } from 'node:timers/promises';

const MARK = 'SLIPWAY_EXEC';
/**
 * `$0` is the mark, `$1` the signal. Ends with 1 when there was somebody to send it to. The kernel lets a process look at the environment of
 * those of its own user only, whatever capabilities it has; the session of each can be seen by everybody.
 */
const SIGNAL_ALL = `signal=$1 sessions=' ' found=0
for file in $(grep -ls "$0" /proc/[0-9]*/environ); do
  read -r line < "\${file%/environ}/stat" || continue
  set -- \${line##*) }
  [ "$4" -gt 1 ] && sessions="$sessions$4 "
done 2>/dev/null
for file in /proc/[0-9]*/stat; do
  read -r line < "$file" || continue
  set -- \${line##*) }
  case "$1 $sessions" in
    Z*) ;;
    *" $4 "*) pid=\${file%/stat}; kill "-$signal" "\${pid#/proc/}" && found=1;;
  esac
done 2>/dev/null
exit $found`;
const PAUSE_MS = 60;
const KILL_TRIES = 20;

type Signal = 'HUP' | 'CONT' | 'KILL';

export interface Marked {
  readonly docker: Docker;
  readonly containerId: string;
  readonly user: string | undefined;
  readonly mark: string;
}

export function newMark(): string {
  return `${MARK}=${crypto.randomUUID()}`;
}

/** SIGHUP, and SIGKILL for what is there after `graceMs`; 0: SIGKILL at once. False when the image has no `sh` or `grep`. */
export async function endMarked(marked: Marked, graceMs: number): Promise<boolean> {
  const deadline = Date.now() + graceMs;
  // one that was stopped from its terminal hears nothing until it goes on
  for (let signal: Signal = 'HUP'; Date.now() < deadline; signal = 'CONT') {
    const found = await signalAll(marked, signal);
    if (found !== 'some') return found === 'none';
    await delay(PAUSE_MS);
  }
  for (let tries = 0; tries < KILL_TRIES; tries += 1) {
    const found = await signalAll(marked, 'KILL');
    if (found !== 'some') return found === 'none';
    await delay(PAUSE_MS);
  }
  return false;
}

async function signalAll(
  { docker, containerId, user, mark }: Marked,
  signal: Signal,
): Promise<'none' | 'some' | 'unknown'> {
  const id = await createExec(docker, containerId, {
    command: ['sh', '-c', SIGNAL_ALL, mark, signal],
    ...(user === undefined ? {} : { user }),
  });
  await call('exec', undefined, CALL_MS, undefined, (abortSignal) =>
    post(docker, `/exec/${id}/start?`, {}, { Detach: true }, { 200: true }, abortSignal),
  );
  for (;;) {
    const info = await inspectExec(docker, id);
    if (info['Running'] === false) {
      const code = number(info['ExitCode']);
      return code === 0 ? 'none' : code === 1 ? 'some' : 'unknown';
    }
    await delay(10);
  }
}
