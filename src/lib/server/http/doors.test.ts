import { error as kitError, redirect, type RequestEvent } from '@sveltejs/kit';
import { describe, expect, it } from 'vitest';
import { AppError, notFound } from '#lib/domain/errors.ts';
import { createLog } from '../log.ts';
import { partly } from '../testing/app.ts';
import { action, endpoint, isTrue, load, readJson, readQuery } from './doors.ts';

/** A request as the doors see it, and what they wrote to our own log. */
function anEvent(body?: FormData, address = 'http://127.0.0.1:3200/agents?/stop&x=1') {
  const bugs: unknown[] = [];
  const log = Object.assign(createLog('silent'), { error: (about: unknown) => bugs.push(about) });
  const request = new Request(address, body === undefined ? {} : { method: 'POST', body });
  const event = partly<RequestEvent>({
    request,
    url: new URL(address),
    locals: {
      app: { log, services: { secrets: { mask: (said: unknown) => said } } },
      actor: null,
      requestId: 'r1',
    },
  });
  return { event, bugs };
}

const refusing = (error: unknown) => () => {
  throw error;
};
const expected = notFound('agent', 'fox');

describe('the data of a page', () => {
  it('is what its work gives', async () => {
    const { event } = anEvent();
    expect(await load(({ actor }) => ({ actor }))(event)).toEqual({ actor: null });
  });

  it('is an error page with the status of the code, when something expected happens', async () => {
    const { event } = anEvent();
    await expect(load(refusing(expected))(event)).rejects.toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', requestId: 'r1' },
    });
  });

  it('lets redirects and bugs pass, for Kit to see', async () => {
    const { event } = anEvent();
    const bug = new Error('bug');
    await expect(load(refusing(bug))(event)).rejects.toBe(bug);
    await expect(load(() => redirect(303, '/login'))(event)).rejects.toMatchObject({ location: '/login' });
  });
});

describe('a form', () => {
  const form = new FormData();
  form.set('name', 'fox');
  form.set('password', 'secret');
  form.set('newPassword', 'secret');
  form.set('setup_token', 'secret');
  form.set('file', new Blob(['x']), 'x.txt');

  it('is given to its work', async () => {
    const { event } = anEvent(form);
    expect(await action((_door, given) => ({ name: given.get('name') }))(event)).toEqual({ name: 'fox' });
  });

  it('comes back with its problem, and with what was filled in but for secrets', async () => {
    const { event, bugs } = anEvent(form);
    expect(await action(refusing(expected))(event)).toMatchObject({
      status: 404,
      data: { error: expected.toProblem(), values: { name: 'fox' }, action: 'stop' },
    });
    const answer = await action(refusing(expected))(anEvent(form).event);
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(bugs).toEqual([]);
  });

  it('hides a bug from its sender, and writes it to the log under the number of the request', async () => {
    const { event, bugs } = anEvent(form);
    const bug = new Error('the password is secret');
    const answer = await action(refusing(bug))(event);
    expect(answer).toMatchObject({ status: 500, data: { error: { code: 'INTERNAL' } } });
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(bugs).toEqual([{ err: bug, requestId: 'r1' }]);
  });

  it('lets redirects and errors of Kit pass', async () => {
    await expect(action(() => redirect(303, '/agents/a1'))(anEvent(form).event)).rejects.toMatchObject({
      location: '/agents/a1',
    });
    await expect(
      action(() => kitError(418, { message: 'tea', code: 'VALIDATION', hint: '', requestId: 'r1' }))(
        anEvent(form).event,
      ),
    ).rejects.toMatchObject({
      status: 418,
    });
  });

  it('at an address without a name is the default one', async () => {
    const { event } = anEvent(form, 'http://127.0.0.1:3200/login');
    expect(await action(refusing(expected))(event)).toMatchObject({ data: { action: '' } });
  });
});

describe('the API', () => {
  it('sends values as JSON, and a response as it is', async () => {
    const { event } = anEvent();
    const sent = await endpoint(() => ({ a: 1 }))(event);
    expect([sent.status, await sent.json()]).toEqual([200, { a: 1 }]);
    const own = new Response(null, { status: 204 });
    expect(await endpoint(() => Promise.resolve(own))(event)).toBe(own);
  });

  it('has one shape for what is expected', async () => {
    const { event, bugs } = anEvent();
    const answer = await endpoint(refusing(new AppError('NAME_TAKEN', 'taken', { hint: 'other' })))(event);
    expect([answer.status, await answer.json()]).toEqual([
      409,
      { error: { code: 'NAME_TAKEN', message: 'taken', hint: 'other', requestId: 'r1' } },
    ]);
    expect(answer.headers.get('x-request-id')).toBe('r1');
    expect(bugs).toEqual([]);
  });

  it('hides a bug, and writes it down', async () => {
    const { event, bugs } = anEvent();
    const answer = await endpoint(refusing(new Error('secret')))(event);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret');
    expect(bugs).toHaveLength(1);
  });
});

describe('the body of a request', () => {
  const read = (body: string) => readJson(new Request('http://127.0.0.1:3200/', { method: 'POST', body }));

  it('is a JSON object; none is an empty one', async () => {
    expect(await read('{"a":[1]}')).toEqual({ a: [1] });
    expect(await read('')).toEqual({});
    expect(await read(' \n')).toEqual({});
  });

  it.each(['{', 'name=fox', '[1]', 'null', '7', '"text"'])('%s is refused', async (body) => {
    await expect(read(body)).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});

it('a query is an object of texts', () => {
  expect(readQuery(new URL('http://127.0.0.1:3200/?tail=5&follow'))).toEqual({ tail: '5', follow: '' });
});

it.each<[string | null, boolean]>([
  ['true', true],
  ['1', true],
  ['', true],
  ['false', false],
  ['0', false],
  ['yes', false],
  [null, false],
])('%j in a query is %s', (value, is) => {
  expect(isTrue(value)).toBe(is);
});
