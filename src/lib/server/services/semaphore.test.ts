import { describe, expect, it } from 'vitest';
import { Semaphore } from './semaphore.ts';

const never = new AbortController().signal;
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Works that end when they are told to. */
function bench(limit: number) {
  const semaphore = new Semaphore(limit);
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<undefined>>();
  const run = (name: string, signal: AbortSignal = never) =>
    semaphore.run(signal, () => {
      begun.push(name);
      const end = Promise.withResolvers<undefined>();
      ends.set(name, end);
      return end.promise.then(() => name);
    });
  const end = async (name: string) => {
    ends.get(name)?.resolve(undefined);
    await tick();
  };
  return { begun, run, end, ends };
}

describe('a semaphore', () => {
  it('lets so many run, and the others in the order in which they came', async () => {
    const { begun, run, end } = bench(2);
    const all = ['a', 'b', 'c', 'd'].map((name) => run(name));
    await tick();
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('a');
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    await end('c');
    await end('d');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('a work that fails gives its place on', async () => {
    const { begun, run, ends } = bench(1);
    const first = run('a');
    void run('b');
    await tick();
    ends.get('a')?.reject(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await tick();
    expect(begun).toEqual(['a', 'b']);
  });

  it('a waiting one can be taken back, and the next takes its place', async () => {
    const { begun, run, end } = bench(1);
    const taken = new AbortController();
    void run('a');
    const second = run('b', taken.signal);
    void run('c');
    await tick();
    taken.abort(new Error('taken back'));
    await expect(second).rejects.toThrow('taken back');
    await end('a');
    expect(begun).toEqual(['a', 'c']);
  });

  it('one that was taken back before it came does not begin', async () => {
    const { begun, run } = bench(1);
    await expect(run('a', AbortSignal.abort(new Error('taken back')))).rejects.toThrow('taken back');
    expect(begun).toEqual([]);
    void run('b');
    await tick();
    expect(begun).toEqual(['b']);
  });

  it('taking back one that runs is its own business', async () => {
    const { run, end } = bench(1);
    const taken = new AbortController();
    const first = run('a', taken.signal);
    await tick();
    taken.abort();
    await end('a');
    expect(await first).toBe('a');
  });
});
