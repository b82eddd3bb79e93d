/** Streams to the programs of a fake container that stay open: what openExec and attach give. */
import { AppError } from '#lib/domain/errors.ts';
import type { AttachOptions, AttachSession, ExecSession, LogFrame, OpenExecOptions } from '../facts.ts';
import type { Calls } from './calls.ts';
import type { FakeContainer } from './container.ts';
import { refuseUnlessRunning } from './executions.ts';
import { asTerminal, FakeTerminal } from './fake-terminal.ts';
import type { World } from './world.ts';

const HANGUP = 129;
const INTERRUPTED = 130;

export function openExec(
  calls: Calls,
  world: World,
  container: FakeContainer,
  { stdin, terminal, ...options }: OpenExecOptions,
): ExecSession {
  const stream = calls.twoWay<LogFrame>('exec');
  const push = (name: LogFrame['stream'], text: string | Buffer) => {
    const bytes =
      terminal === null
        ? Buffer.from(text)
        : Buffer.from(asTerminal(Buffer.from(text).toString('latin1')), 'latin1');
    stream.pipe.push({ stream: terminal === null ? name : 'stdout', bytes });
  };
  const tty =
    terminal === null
      ? null
      : new FakeTerminal(terminal, {
          echo: (bytes) => stream.pipe.push({ stream: 'stdout', bytes }),
          deliver: (line) => execution.process.feed(line),
          endInput: () => execution.process.endInput(),
          interrupt: () => {
            if (!execution.process.signal('SIGINT')) execution.end(INTERRUPTED);
          },
        });
  const execution = container.executions.start(world, container, {
    ...options,
    stdin,
    onWrite: push,
    terminalSize: () => tty?.size ?? null,
  });
  void execution.ended.then(() => stream.pipe.end());
  return {
    output: stream.read(),
    write: async (bytes) => {
      stream.check();
      if (execution.code !== null || execution.process.inputEnded)
        throw new AppError('CONFLICT', 'Its input has ended');
      if (tty === null) execution.process.feed(bytes);
      else tty.type(bytes);
      await Promise.resolve();
    },
    endInput: () => {
      if (tty === null) execution.process.endInput();
    },
    resize: (size) =>
      calls.make({ method: 'openExec', doing: 'exec' }, () => {
        if (tty !== null) tty.size = size;
      }),
    exitCode: () => calls.make({ method: 'openExec', doing: 'exec' }, () => execution.code),
    end: async () => {
      await calls.make({ method: 'openExec', doing: 'exec' }, () => execution.end(HANGUP));
      stream.close();
      return true;
    },
  };
}

export function attach(
  calls: Calls,
  container: FakeContainer,
  { stdin, output }: AttachOptions,
): AttachSession {
  refuseUnlessRunning(container);
  if (stdin && container.plan.OpenStdin !== true)
    throw new AppError('CONFLICT', 'Its main process has no open stdin');
  const stream = calls.twoWay<LogFrame>('exec');
  if (output) container.attachments.add(stream.pipe);
  else void container.ended.then(() => stream.pipe.end());
  const { ended } = container;
  let over = false;
  void ended.then(() => (over = true));
  return {
    output: stream.read(),
    write: async (bytes) => {
      stream.check();
      if (!stdin || over) throw new AppError('CONFLICT', 'Its input has ended');
      container.type(bytes);
      await Promise.resolve();
    },
    close: () => stream.close(),
  };
}
