import { describe, expect, it } from 'vitest';
import { readSshUser } from './ssh-user.ts';

describe('the user name of an ssh address', () => {
  it.each([
    ['fox', { agent: 'fox', user: null }],
    ['node+fox', { agent: 'fox', user: 'node' }],
    ['1000:1000+fox', { agent: 'fox', user: '1000:1000' }],
  ])('%s says who and where', (text, expected) => {
    expect(readSshUser(text)).toEqual(expected);
  });

  it.each(['', '+fox', 'node+', 'a b+fox', '-u+fox', 'a\n+fox'])('%j names nobody', (text) => {
    expect(readSshUser(text)).toBeNull();
  });
});
