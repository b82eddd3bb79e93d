import { afterEach, describe, expect, it, vi } from 'vitest';
import { callApi } from './api.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** What the server answers; gives what it was asked. */
function serverAnswers(answer: () => Response | Promise<Response>) {
  const fetch = vi.fn<(path: string, init: RequestInit) => Promise<Response>>(() =>
    Promise.resolve(answer()),
  );
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

describe('a call', () => {
  it('sends JSON and gives JSON', async () => {
    const fetch = serverAnswers(() => Response.json({ id: 'a1' }, { status: 201 }));
    expect(await callApi('POST', '/api/agents', { type: 'shell' })).toEqual({
      ok: true,
      value: { id: 'a1' },
    });
    expect(fetch).toHaveBeenCalledWith('/api/agents', {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: '{"type":"shell"}',
    });
  });

  it('without a body sends none', async () => {
    const fetch = serverAnswers(() => new Response(null, { status: 204 }));
    expect(await callApi('DELETE', '/api/agents/a1')).toEqual({ ok: true, value: null });
    expect(fetch).toHaveBeenCalledWith('/api/agents/a1', {
      method: 'DELETE',
      headers: { accept: 'application/json' },
    });
  });
});

describe('a call that fails', () => {
  it('gives the problem that the server named', async () => {
    const error = { code: 'NAME_TAKEN', message: 'taken', hint: 'other', requestId: 'r1' };
    serverAnswers(() => Response.json({ error }, { status: 409 }));
    expect(await callApi('POST', '/api/agents', {})).toEqual({ ok: false, error });
  });

  it.each<[string, () => Response]>([
    ['JSON of another shape', () => Response.json({ message: 'no' }, { status: 502 })],
    ['a page of a proxy', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
    ['nothing', () => new Response('', { status: 502 })],
  ])('says with which status, where the server said %s', async (_, answer) => {
    serverAnswers(answer);
    expect(await callApi('GET', '/api/agents')).toMatchObject({
      ok: false,
      error: { message: 'The server answered 502' },
    });
  });

  it('says that the server cannot be reached, when it cannot', async () => {
    serverAnswers(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await callApi('GET', '/api/agents')).toMatchObject({
      ok: false,
      error: { code: 'HOST_UNREACHABLE', message: 'The server cannot be reached' },
    });
  });
});
