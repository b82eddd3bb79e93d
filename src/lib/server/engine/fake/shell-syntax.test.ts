import { describe, expect, it } from 'vitest';
import { read, textOf, Yard } from '../contract/yard.ts';
import { FakeEngine } from './fake-engine.ts';
import { parseScript } from './shell-syntax.ts';

const IMAGE = 'slipway/starter:latest';

async function run(script: string, options: { readonly Tty?: boolean } = {}) {
  const fake = new FakeEngine();
  fake.addImage(IMAGE);
  const faulty = () => Promise.reject(new Error('not here'));
  const dispose = () => Promise.resolve();
  const none = { pullable: '', broken: '', registries: null, outOfMemory: [] };
  const yard = new Yard({ engine: fake, image: IMAGE, ...none, faulty, dispose });
  const id = await yard.finished(script, options);
  const frames = await read(fake, id);
  const of = (stream: string) => textOf(frames.filter((frame) => frame.stream === stream));
  return { code: (await fake.inspectContainer(id)).exitCode, out: of('stdout'), err: of('stderr') };
}

describe('the few words of sh that the fake knows', () => {
  it.each<[string, string, { code?: number; out?: string; err?: string }]>([
    ['a command with quoted words', `echo 'a  b' "c;d" e\\ f`, { out: 'a  b c;d e f\n' }],
    ['one after the other', 'echo a; echo b\necho c', { out: 'a\nb\nc\n' }],
    ['to stderr', 'echo a >&2; echo b 1>&2', { err: 'a\nb\n' }],
    ['the code of the last', 'true; false', { code: 1 }],
    ['an exit ends all', 'echo a; exit 3; echo b', { out: 'a\n', code: 3 }],
    ['and, or', 'false && echo a; true || echo b; false || echo c; true && echo d', { out: 'c\nd\n' }],
    ['a command that there is not', 'nonesuch; echo on', { out: 'on\n', err: 'sh: nonesuch: not found\n' }],
    ['printf', `printf '%s-%03d\\n' a 7`, { out: 'a-007\n' }],
    ['no newline', 'echo -n a', { out: 'a' }],
    ['numbers', 'seq 2 4', { out: '2\n3\n4\n' }],
    ['exec', 'exec false; echo a', { out: '', code: 1 }],
    ['a loop that never runs', 'while false; do echo a; done; echo b', { out: 'b\n' }],
  ])('%s', async (_, script, { code = 0, out = '', err = '' }) => {
    expect(await run(script)).toEqual({ code, out, err });
  });

  it.each([
    'echo a | cat',
    'echo a > file',
    'echo $HOME',
    'echo "$HOME"',
    'echo $(date)',
    'echo *',
    'while true; do echo a',
  ])('refuses "%s" instead of guessing', (script) => {
    expect(() => parseScript(script)).toThrow(/fake shell/);
  });
});
