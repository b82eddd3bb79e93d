/** The standard streams of a container's main process. See Engine.attach. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#lib/domain/errors.ts';
import type { AttachOptions, AttachSession, ContainerFacts, LogFrame, TerminalSize } from '../facts.ts';
import { call, CALL_MS } from './deadlines.ts';
import { detachKeys, type Way } from './exec-calls.ts';
import { demultiplex } from './frames.ts';
import { hijack } from './hijack.ts';
import { toAppError } from './problems.ts';
import { post } from './requests.ts';
import { isObject } from './shapes.ts';
import { TwoWay } from './two-way.ts';

/** The stream of a container that ended is closed a moment before the engine says so. */
const END_MS = 2_000;

export async function attach(
  { agent, apiVersion }: Way,
  containerId: string,
  { stdin, output }: AttachOptions,
  inspect: () => Promise<ContainerFacts>,
): Promise<AttachSession> {
  const facts = await inspect();
  const config = facts.raw['Config'];
  if (facts.status !== 'running') throw new AppError('CONFLICT', `The container is ${facts.status}`);
  if (stdin && !(isObject(config) && config['OpenStdin'] === true))
    throw new AppError('CONFLICT', 'Its main process has no open stdin', {
      hint: 'Make the agent with stdin to send text to it.',
    });
  const query = new URLSearchParams({
    stream: '1',
    ...(stdin ? { stdin: '1' } : {}),
    ...(output ? { stdout: '1', stderr: '1' } : {}),
    ...(facts.tty ? { detachKeys: detachKeys() } : {}),
  });
  const path = `/v${apiVersion}/containers/${encodeURIComponent(facts.id)}/attach?${query.toString()}`;
  const { stream, head } = await call('exec', undefined, CALL_MS, undefined, (signal) =>
    hijack(agent, path, {}, signal),
  );
  const both = new TwoWay(stream, head);
  return {
    output: frames(both, facts, inspect),
    write: (bytes) => both.write(bytes),
    close: () => {
      both.close();
    },
  };
}

export async function resizeContainer(
  { docker }: Way,
  containerId: string,
  { columns, rows }: TerminalSize,
): Promise<void> {
  const path = `/containers/${encodeURIComponent(containerId)}/resize?` as const;
  await call('exec', undefined, CALL_MS, undefined, (signal) =>
    post(docker, path, { h: String(rows), w: String(columns) }, {}, { 200: true, 201: true }, signal),
  );
}

async function* frames(
  stream: TwoWay,
  { tty, startedAt }: ContainerFacts,
  inspect: () => Promise<ContainerFacts>,
): AsyncGenerator<LogFrame> {
  try {
    yield* demultiplex(stream.chunks(), tty);
    const giveUpAt = Date.now() + END_MS;
    while (!stream.closed) {
      const now = await inspect();
      if (now.status !== 'running' || now.startedAt !== startedAt) return;
      if (Date.now() > giveUpAt) throw new AppError('SOCKET_ERROR', 'The engine ended the stream');
      await delay(20);
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return;
    throw toAppError(error, 'exec');
  }
}
