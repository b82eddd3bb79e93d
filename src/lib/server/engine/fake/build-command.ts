import type { BuildOptions } from '../engine.ts';
import type { ImageContent } from './image.ts';
import { RunningProcess } from './process.ts';
import { EngineRefusal } from './refusal.ts';
import { parseScript } from './shell-syntax.ts';
import { programIn } from './start-rules.ts';
import type { World } from './world.ts';

/** Runs the command of a RUN; its output is that of the build. */
export async function buildCommand(
  { clock }: World,
  content: ImageContent,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  { signal, onOutput }: BuildOptions,
): Promise<void> {
  const program = programIn(content, argv[0] ?? '');
  const shown = argv.join(' ');
  if (program === undefined)
    throw new EngineRefusal(200, `The command '${shown}' returned a non-zero code: 127`);
  // a script that the fake cannot run is a fault of the test: it is told here, not inside the process
  if (argv[1] === '-c') parseScript(argv[2] ?? '');
  const ended = Promise.withResolvers<number>();
  const process = new RunningProcess({
    argv,
    env,
    stdin: false,
    cwd: content.config.workdir ?? '/',
    user: content.config.user ?? '',
    clock,
    onWrite: (_, text) => onOutput?.(text.toString()),
    onExit: (code) => ended.resolve(code),
  });
  const cancel = () => {
    process.end();
    ended.reject(signal.reason);
  };
  signal.addEventListener('abort', cancel, { once: true });
  process.run(program);
  const code = await ended.promise.finally(() => signal.removeEventListener('abort', cancel));
  if (code !== 0) throw new EngineRefusal(200, `The command '${shown}' returned a non-zero code: ${code}`);
}
