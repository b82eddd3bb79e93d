import { describe, expect, it } from 'vitest';
import { listKey, shellKey } from './keys.ts';

const press = (key: string, more: { ctrlKey?: boolean; metaKey?: boolean; altKey?: boolean } = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  target: null,
  ...more,
});

describe('keys of every page', () => {
  it('open the palette with Ctrl or Cmd', () => {
    expect([
      shellKey(press('k', { ctrlKey: true })),
      shellKey(press('K', { metaKey: true })),
      shellKey(press('k')),
    ]).toEqual(['palette', 'palette', null]);
  });

  it('search and help by one key, never with a modifier', () => {
    expect([shellKey(press('/')), shellKey(press('?')), shellKey(press('/', { ctrlKey: true }))]).toEqual([
      'search',
      'help',
      null,
    ]);
  });
});

describe('keys of a list', () => {
  it('move, open and act', () => {
    expect(['j', 'k', 'Enter', 'l', 't', 's', 'x', 'Escape', 'q'].map((key) => listKey(press(key)))).toEqual([
      'next',
      'previous',
      'open',
      'log',
      'terminal',
      'toggle',
      'select',
      'clear',
      null,
    ]);
  });

  it('leave the browser its own chords', () => {
    expect(listKey(press('l', { ctrlKey: true }))).toBeNull();
  });
});
