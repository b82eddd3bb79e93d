import { inspect } from 'node:util';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { ConnectAgent } from './connection.ts';

it('is described in a word, however many connections it has: docker-modem describes it before each request', () => {
  const agent = new ConnectAgent(() => Promise.resolve(new PassThrough()));
  expect(inspect({ agent }, { showHidden: true, depth: null })).toBe('{ agent: ConnectAgent {} }');
});
