import { beforeEach, expect, it } from 'vitest';
import { LoginLimit } from './login-limit.ts';

const MINUTE = 60_000;
let now: number;
let limit: LoginLimit;
beforeEach(() => {
  now = 1_000_000;
  limit = new LoginLimit(() => now);
});

const fail = (times: number, account = 'ada', address = '10.0.0.1') =>
  Array.from({ length: times }, () => limit.failed(account, address)).at(-1);
const limited = expect.objectContaining({ code: 'RATE_LIMITED' }) as Error;

it('counts the tries down to none', () => {
  expect(Array.from({ length: 5 }, () => limit.failed('ada', '10.0.0.1'))).toEqual([4, 3, 2, 1, 0]);
});

it('after five failures there is a pause of five minutes', () => {
  fail(4);
  limit.check('ada', '10.0.0.1');
  fail(1);
  expect(() => limit.check('ada', '10.0.0.1')).toThrow(limited);
  expect(() => limit.check('ada', '10.0.0.1')).toThrow('The next one is possible in 5 min');
  now += 5 * MINUTE - 1;
  expect(() => limit.check('ada', '10.0.0.1')).toThrow('in 1 min');
  now += 1;
  limit.check('ada', '10.0.0.1');
  expect(fail(1)).toBe(4);
});

it('does not hold up the same account from elsewhere, nor another account', () => {
  fail(5);
  limit.check('ada', '10.0.0.2');
  limit.check('bob', '10.0.0.1');
});

it('a success forgives the account', () => {
  fail(4);
  limit.succeeded('ada', '10.0.0.1');
  expect(fail(1)).toBe(4);
});

it('an address that tries many names is held up for all of them', () => {
  for (let n = 0; n < 30; n += 1) fail(1, `user${n}`);
  expect(() => limit.check('somebody', '10.0.0.1')).toThrow(limited);
  limit.check('somebody', '10.0.0.2');
});
