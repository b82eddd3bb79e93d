import type { Process, Program } from './process.ts';
import { parseScript, type Statement } from './shell-syntax.ts';

/** Stays until it is told to end and obeys at once: what an image's own command does unless the test says otherwise. */
export const obedient: Program = (process) => {
  process.on('SIGTERM', () => void process.exit(143));
  process.on('SIGINT', () => void process.exit(130));
  return process.forever();
};

/** Commands that every fake image has. Each behaves as the busybox one does as the first process of a container. */
export const COMMANDS: Readonly<Record<string, Program>> = {
  true: () => 0,
  false: () => 1,
  echo: (process) => {
    const quiet = process.argv[1] === '-n';
    const text = process.argv.slice(quiet ? 2 : 1).join(' ');
    process.write('stdout', quiet ? text : `${text}\n`);
    return 0;
  },
  printf: (process) => {
    process.write('stdout', formatted(process.argv[1] ?? '', process.argv.slice(2)));
    return 0;
  },
  seq: (process) => {
    const [from, to] =
      process.argv.length > 2 ? process.argv.slice(1).map(Number) : [1, Number(process.argv[1])];
    for (let number = from ?? 1; number <= (to ?? 0); number += 1) process.write('stdout', `${number}\n`);
    return 0;
  },
  sleep: async (process) => {
    const seconds = process.argv[1] === 'infinity' ? Infinity : Number(process.argv[1]);
    await process.sleep(seconds * 1000);
    return 0;
  },
  cat: (process) => {
    if (process.input !== null) process.write('stdout', process.input);
    return copyInput(process);
  },
  stty: (process) => {
    const size = process.terminalSize();
    if (size === null) process.write('stderr', 'stty: standard input\n');
    else process.write('stdout', `${size.rows} ${size.columns}\n`);
    return size === null ? 1 : 0;
  },
  pwd: (process) => {
    process.write('stdout', `${process.cwd}\n`);
    return 0;
  },
  id: (process) => {
    const number = process.user === '' || process.user === 'root' ? '0' : process.user;
    process.write('stdout', process.argv[1] === '-u' ? `${number}\n` : `uid=${number}\n`);
    return 0;
  },
  env: (process) => {
    for (const [key, value] of Object.entries(process.env)) process.write('stdout', `${key}=${value}\n`);
    return 0;
  },
  sh: (process) => {
    const [, option, script] = process.argv;
    if (option === '-c' && script !== undefined) return runScript(process, script);
    // without a script it reads commands: at the end of its input it ends; as an interactive shell it ignores SIGTERM
    return readCommands(process);
  },
};

async function copyInput(process: Process): Promise<number> {
  for (let piece = await process.read(); piece !== null; piece = await process.read())
    process.write('stdout', piece);
  return 0;
}

async function readCommands(shell: Process): Promise<number> {
  const prompt = () => {
    if (shell.terminalSize() !== null) shell.write('stdout', '# ');
  };
  let rest = '';
  let status = 0;
  if (shell.terminalSize() !== null) shell.on('SIGINT', prompt);
  prompt();
  for (let piece = await shell.read(); piece !== null; piece = await shell.read()) {
    const lines = `${rest}${piece.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      status = await runScript(shell, line);
      prompt();
    }
  }
  return status;
}

async function runScript(shell: Process, script: string): Promise<number> {
  return runList(shell, parseScript(script));
}

async function runList(shell: Process, statements: readonly Statement[]): Promise<number> {
  let status = 0;
  for (const statement of statements) {
    if (statement.after === '&&' && status !== 0) continue;
    if (statement.after === '||' && status === 0) continue;
    if (statement.kind === 'call') {
      status = await runCall(shell, statement.words, statement.toStderr);
      continue;
    }
    while ((await runList(shell, statement.condition)) === 0) {
      await runList(shell, statement.body);
      // a loop without a sleep in it must not keep everything else from running
      await shell.sleep(1);
    }
    status = 0;
  }
  return status;
}

function runCall(shell: Process, words: readonly string[], toStderr: boolean): number | Promise<number> {
  const [name = '', ...args] = words;
  if (name === ':') return 0;
  if (name === 'exit') return shell.exit(Number(args[0] ?? 0));
  if (name === 'exec')
    return Promise.resolve(runCall(shell, args, toStderr)).then((code) => shell.exit(code));
  if (name === 'trap') return trap(shell, args);
  const program = COMMANDS[name];
  const child: Process = {
    ...shell,
    argv: words,
    write: (stream, text) => shell.write(toStderr ? 'stderr' : stream, text),
  };
  if (program !== undefined) return program(child);
  shell.write('stderr', `sh: ${name}: not found\n`);
  return 127;
}

function trap(shell: Process, [script = '', ...signals]: readonly string[]): number {
  for (const each of signals) {
    const signal = each.startsWith('SIG') ? each : `SIG${each}`;
    if (script === '') shell.ignore(signal);
    else shell.on(signal, () => void runScript(shell, script));
  }
  return 0;
}

/** printf with `%s`, `%d` (also `%0Nd`) and the escapes for newline, return and tab. */
function formatted(format: string, args: readonly string[]): string {
  const rest = [...args];
  return format
    .replaceAll(/%(0\d+)?([sd])/g, (_, zeros: string | undefined) => {
      const value = rest.shift() ?? '';
      return zeros === undefined ? value : value.padStart(Number(zeros), '0');
    })
    .replaceAll(/\\([nrt\\])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? letter);
}
