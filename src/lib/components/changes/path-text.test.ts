import { describe, expect, it } from 'vitest';
import { pathText } from './path-text.ts';

describe('a path', () => {
  it.each([
    ['/plain name', '/plain name'],
    ['/ünï "q" \'s\'', '/ünï "q" \'s\''],
    ['/two\nlines\t\r', '/two\\nlines\\t\\r'],
    ['/\u001b[31mred', '/\\u001b[31mred'],
    ['/txt.\u202eexe', '/txt.\\u202eexe'],
  ])('%j is shown as %s', (path, shown) => {
    expect(pathText(path)).toBe(shown);
  });
});
