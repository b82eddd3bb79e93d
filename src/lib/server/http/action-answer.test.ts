import { stringify } from 'devalue';
import { describe, expect, it } from 'vitest';
import { plainActionAnswer, wantsPlainAction } from './action-answer.ts';

const URL_OF_FORM = 'http://127.0.0.1:3200/agents/new';

function posts(headers: Readonly<Record<string, string>>, address = URL_OF_FORM, method = 'POST'): boolean {
  return wantsPlainAction(new Request(address, { method, headers }), new URL(address));
}

describe('a form that a script sends', () => {
  it.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'Multipart/Form-Data; boundary=x',
  ])('as %s is answered plainly', (type) => {
    expect(posts({ 'content-type': type })).toBe(true);
    expect(posts({ 'content-type': type, accept: '*/*' })).toBe(true);
    expect(posts({ 'content-type': type, accept: 'application/json' })).toBe(true);
  });

  it.each<[string, Readonly<Record<string, string>>, string?, string?]>([
    [
      'a browser without JavaScript, which wants a page',
      { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html,*/*;q=0.8' },
    ],
    [
      "our own page's script",
      {
        'content-type': 'multipart/form-data; boundary=x',
        'x-sveltekit-action': 'true',
        accept: 'application/json',
      },
    ],
    ['JSON, which is the API', { 'content-type': 'application/json' }],
    ['nothing at all', {}],
    ['the API itself', { 'content-type': 'text/plain' }, 'http://127.0.0.1:3200/api/agents'],
    ['another method', { 'content-type': 'text/plain' }, URL_OF_FORM, 'PUT'],
  ])('is not what comes from %s', (_, headers, address, method) => {
    expect(posts(headers, address, method)).toBe(false);
  });
});

describe('the answer of an action', () => {
  /** As Kit gives it to scripts: the status of the action stands inside. */
  function given(result: object): Response {
    const response = Response.json(result);
    response.headers.append('set-cookie', 'a=1');
    response.headers.append('set-cookie', 'b=2');
    return response;
  }

  async function answer(result: object): Promise<{ status: number; body: unknown }> {
    const response = await plainActionAnswer(given(result), 'r1');
    return { status: response.status, body: await response.json() };
  }

  it('that went well is its data', async () => {
    const data = { done: 'stop', agent: { id: 'a1', at: new Date(0) } };
    expect(await answer({ type: 'success', status: 200, data: stringify(data) })).toEqual({
      status: 200,
      body: { done: 'stop', agent: { id: 'a1', at: '1970-01-01T00:00:00.000Z' } },
    });
  });

  it('without data is an empty object', async () => {
    expect(await answer({ type: 'success', status: 204 })).toEqual({ status: 200, body: {} });
  });

  it('that leads elsewhere says where', async () => {
    expect(await answer({ type: 'redirect', status: 303, location: '/agents/a1' })).toEqual({
      status: 200,
      body: { location: '/agents/a1' },
    });
  });

  it('that failed has the status of its error, and the one shape of errors', async () => {
    const error = { code: 'NAME_TAKEN', message: 'taken', hint: 'another' };
    expect(
      await answer({
        type: 'failure',
        status: 409,
        data: stringify({ error, values: { name: 'x' }, action: '' }),
      }),
    ).toEqual({
      status: 409,
      body: { error: { ...error, requestId: 'r1' } },
    });
  });

  it('of an action that is not there is NOT_FOUND', async () => {
    expect(await answer({ type: 'error', status: 404, error: { message: 'No action' } })).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND', requestId: 'r1' } },
    });
  });

  it('keeps its cookies', async () => {
    const response = await plainActionAnswer(given({ type: 'redirect', status: 303, location: '/' }), 'r1');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('that is no JSON, or no action, stays as it is', async () => {
    const page = new Response('<html>', { status: 500, headers: { 'content-type': 'text/html' } });
    expect(await plainActionAnswer(page, 'r1')).toBe(page);
    const list = Response.json([1]);
    expect(await plainActionAnswer(list, 'r1')).toBe(list);
    expect(await list.json()).toEqual([1]);
  });
});
