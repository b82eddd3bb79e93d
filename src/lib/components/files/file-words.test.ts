import { describe, expect, it } from 'vitest';
import { modeWords } from './file-words.ts';

describe('the mode of a file', () => {
  it.each([
    ['folder', 0o755, 'drwxr-xr-x'],
    ['file', 0o640, '-rw-r-----'],
    ['link', 0o777, 'lrwxrwxrwx'],
    ['file', 0o4755, '-rwsr-xr-x'],
    ['file', 0o4644, '-rwSr--r--'],
    ['folder', 0o2775, 'drwxrwsr-x'],
    ['folder', 0o1777, 'drwxrwxrwt'],
    ['fifo', 0o600, 'prw-------'],
  ] as const)('of a %s with %o is %s', (kind, mode, words) => {
    expect(modeWords({ kind, mode })).toBe(words);
  });
});
