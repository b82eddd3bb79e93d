import { describe, expect, it } from 'vitest';
import { meaningOf, verdictOf, type EndFacts } from './exit-verdict.ts';

const end = (changes: Partial<EndFacts>) =>
  verdictOf({ exitCode: 1, oomKilled: false, memoryLimit: 512 * 1024 ** 2, ...changes });

describe('what an exit code means', () => {
  it.each<[number, string | RegExp]>([
    [0, 'it finished without an error'],
    [1, /general error/],
    [126, /could not be executed/],
    [127, 'the command was not found'],
    [130, /SIGINT/],
    [134, /SIGABRT/],
    [137, /SIGKILL/],
    [139, /SIGSEGV/],
    [143, /SIGTERM/],
    [255, /out of range/],
  ])('%d', (code, meaning) => {
    expect(meaningOf(code)).toMatch(meaning);
  });

  it.each([3, 42, 128 + 64, -1])('nothing is made up for %d', (code) => {
    expect(meaningOf(code)).toBeNull();
  });
});

describe('why an agent ended', () => {
  it('by a code or by a signal', () => {
    expect(end({ exitCode: 3 })).toEqual({
      text: 'It ended by itself with code 3',
      meaning: null,
      cause: 'exit',
      exitCode: 3,
      oomKilled: false,
      stoppedBy: 'nobody',
    });
    expect(end({ exitCode: 0 })).toMatchObject({ text: 'It ended by itself with code 0', cause: 'exit' });
    expect(end({ exitCode: 139 })).toMatchObject({
      cause: 'signal',
      text: 'It ended by itself with code 139',
    });
    expect(end({ exitCode: null })).toMatchObject({
      cause: 'exit',
      text: 'It ended by itself with code unknown',
    });
  });

  it('killed with 137 and not for memory, it does not say memory', () => {
    expect(end({ exitCode: 137 })).toMatchObject({
      cause: 'signal',
      meaning: expect.stringContaining('not by memory') as string,
    });
  });

  it('out of memory, with its limit when it had one, and nothing that contradicts it', () => {
    const verdict = end({ exitCode: 137, oomKilled: true });
    expect(verdict).toMatchObject({
      text: 'It ran out of memory (limit 512 MiB) and was killed by the kernel',
      cause: 'oom',
    });
    expect(verdict.meaning).not.toMatch(/not by memory/);
    expect(end({ exitCode: 137, oomKilled: true, memoryLimit: null }).text).toBe(
      'It ran out of memory and was killed by the kernel',
    );
  });

  it('after one of its processes ran out of memory', () => {
    expect(end({ exitCode: 1, oomKilled: true })).toMatchObject({
      text: 'A process of it ran out of memory (limit 512 MiB); then it ended with code 1',
      cause: 'child-oom',
    });
    expect(end({ exitCode: 0, oomKilled: true }).cause).toBe('child-oom');
  });

  it('never ready: what its readiness said, whatever came after', () => {
    const notReady = 'It was not ready after 120 s';
    expect(end({ notReady, exitCode: 137, oomKilled: true })).toMatchObject({
      text: notReady,
      cause: 'start',
      meaning: null,
    });
    expect(end({ notReady, unhealthy: true, exitCode: null })).toMatchObject({
      text: notReady,
      cause: 'health',
    });
  });
});
