/** What the engine is asked about an exec. */
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { AppError } from '#lib/domain/errors.ts';
import type { OpenExecOptions } from '../facts.ts';
import { call, CALL_MS } from './deadlines.ts';
import { toAppError } from './problems.ts';
import { get, post } from './requests.ts';
import { isObject, number } from './shapes.ts';
import type { ConnectAgent } from './connection.ts';

/** How the parts of the engine port reach their engine. */
export interface Way {
  readonly docker: Docker;
  readonly agent: ConnectAgent;
  readonly apiVersion: string;
}

interface Plan extends Partial<OpenExecOptions> {
  readonly command: readonly string[];
  readonly mark?: string;
}

/** Gives its id. */
export async function createExec(
  docker: Docker,
  containerId: string,
  { command, env = {}, user, workdir, stdin = false, terminal = null, mark }: Plan,
  signal?: AbortSignal,
): Promise<string> {
  const body = {
    AttachStdin: stdin,
    AttachStdout: true,
    AttachStderr: true,
    Tty: terminal !== null,
    ...(terminal === null ? {} : { DetachKeys: detachKeys() }),
    Cmd: command,
    Env: [
      ...Object.entries(env).map(([key, value]) => `${key}=${value}`),
      ...(mark === undefined ? [] : [mark]),
    ],
    ...(user === undefined ? {} : { User: user }),
    ...(workdir === undefined ? {} : { WorkingDir: workdir }),
  };
  const path = `/containers/${encodeURIComponent(containerId)}/exec?` as const;
  const answer = await call('exec', undefined, CALL_MS, signal, (abortSignal) =>
    post(docker, path, {}, body, { 201: true }, abortSignal),
  );
  const id = isObject(answer) ? answer['Id'] : undefined;
  if (typeof id !== 'string')
    throw new AppError('ENGINE_ERROR', 'The engine made an exec and did not say which');
  return id;
}

export async function inspectExec(
  docker: Docker,
  id: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const info = await call('exec', undefined, CALL_MS, signal, (abortSignal) =>
    get(docker, `/exec/${id}/json?`, {}, abortSignal),
  );
  if (!isObject(info)) throw new AppError('ENGINE_ERROR', 'The engine told nothing about an exec');
  return info;
}

/** Waits for the code, which the engine knows a moment after the output has ended. */
export async function exitCodeOf(
  docker: Docker,
  id: string,
  signal: AbortSignal,
): Promise<{ readonly exitCode: number; readonly pid: unknown }> {
  for (;;) {
    const info = await inspectExec(docker, id, signal);
    const exitCode = info['Running'] === false ? number(info['ExitCode']) : null;
    if (exitCode !== null) return { exitCode, pid: info['Pid'] };
    await delay(20, undefined, { signal });
  }
}

/** What could not be started has its reason in the output, 126 or 127 as its code, and no process. */
export function refuseNotStarted(exitCode: number, pid: unknown, output: string): void {
  if ((exitCode !== 126 && exitCode !== 127) || pid !== 0) return;
  if (!/^(?:OCI runtime exec failed|unable to find user)/.test(output)) return;
  throw toAppError(Object.assign(new Error(output.trim()), { statusCode: 400 }), 'exec');
}

/**
 * With a terminal the engine looks for keys that end the stream (Ctrl-P Ctrl-Q unless said otherwise), and holds back what could be
 * their beginning: so they begin with a key that nobody misses, and go on as nobody types.
 */
export function detachKeys(): string {
  return ['ctrl-^', ...crypto.randomUUID().replaceAll('-', '').split(/(?!^)/)].join(',');
}
