import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { App } from '../app.ts';
import type { FakeEngine } from '../engine/fake/fake-engine.ts';
import { anApp } from '../testing/app.ts';
import { containerOf, person } from '../testing/world.ts';
import { logAnswer } from './log-answer.ts';

const ADA = person('admin', 'ada');

let app: App;
let fake: FakeEngine;
let count = 0;
let name = '';
let container = '';

beforeAll(async () => {
  const made = await anApp({ shared: true });
  ({ app, fake } = made);
  return made.close;
});
beforeEach(async () => {
  count += 1;
  name = `agent-${count}`;
  const agent = await app.services.agents.spawn(ADA, { type: 'shell', name, tty: false }, { wait: true });
  container = containerOf(agent);
});

async function ask(
  query: string,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Response> {
  const url = new URL(`http://127.0.0.1:3200/api/agents/${name}/logs${query}`);
  return logAnswer(
    app,
    ADA,
    name,
    new Request(url, { headers, ...(signal === undefined ? {} : { signal }) }),
    url,
  );
}

function write(...lines: readonly string[]): void {
  for (const line of lines) fake.write(container, line.startsWith('err') ? 'stderr' : 'stdout', `${line}\n`);
}

describe('the log of an agent', () => {
  it('is a list of texts', async () => {
    write('one', 'err two', 'three');
    expect(await (await ask('')).json()).toEqual({ logs: ['one', 'err two', 'three'], count: 3 });
  });

  it('is a list of lines with time, number and stream, when asked for', async () => {
    write('one', 'err two');
    const { logs } = (await (await ask('?format=json&stream=stderr')).json()) as { logs: unknown[] };
    expect(logs).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-.*\.\d{9}Z$/) as unknown,
        seq: expect.any(Number) as unknown,
        stream: 'stderr',
        level: null,
        text: 'err two',
      },
    ]);
  });

  it('is as long as asked for', async () => {
    write('one', 'two', 'three');
    expect(await (await ask('?tail=2')).json()).toEqual({ logs: ['two', 'three'], count: 2 });
    expect(await (await ask('?tail=0')).json()).toEqual({ logs: [], count: 0 });
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['?format=plain', {}],
    ['', { accept: 'text/plain' }],
  ])('is a file with the name of the agent (%j %j)', async (query, headers) => {
    write('one', 'two');
    const answer = await ask(query, headers);
    expect(await answer.text()).toBe('one\ntwo\n');
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${name}.log"`);
  });

  it.each(['?tail=-1', '?tail=all', '?tail=10001', '?since=yesterday', '?stream=both', '?other=1'])(
    'refuses %s',
    async (query) => {
      await expect(ask(query)).rejects.toMatchObject({ code: 'VALIDATION' });
    },
  );

  it('of an agent that is not there is NOT_FOUND, also when it is to be followed', async () => {
    name = 'nobody';
    await expect(ask('')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(ask('?follow=true')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

/** What has come so far, read on in the background. */
function reading(answer: Response) {
  const reader = answer.body?.getReader();
  if (reader === undefined) throw new Error('it has no body');
  const seen = { text: '', ended: false };
  const decoder = new TextDecoder();
  const readOn = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      seen.text += decoder.decode(value, { stream: true });
    }
    seen.ended = true;
  };
  void readOn();
  return { seen, cancel: () => reader.cancel() };
}

describe('a log that is followed', () => {
  it('begins with the newest lines and goes on with what comes', async () => {
    write('one', 'two');
    await vi.waitFor(() =>
      expect(app.tails.get(app.services.agents.get(ADA, name).id)?.lastLine?.text).toBe('two'),
    );
    const answer = await ask('?follow=true&tail=1', { accept: 'text/plain' });
    const { seen, cancel } = reading(answer);
    await vi.waitFor(() => expect(seen.text).toBe('two\n'));
    write('three');
    await vi.waitFor(() => expect(seen.text).toBe('two\nthree\n'));
    await cancel();
  });

  it('comes as events with their numbers for who wants events, and says when it ends', async () => {
    const answer = await ask('', { accept: 'text/event-stream' });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const { seen } = reading(answer);
    write('one\r and \u001b[1mmore');
    await vi.waitFor(() => expect(seen.text).toContain('event: log'));
    expect(seen.text).toMatch(/^id: \d+\nevent: log\ndata: \{.*"text":"one\\r and \\u001b\[1mmore"\}\n\n$/);
    fake.exit(container, 0);
    await vi.waitFor(() => expect(seen.ended).toBe(true));
    expect(seen.text).toMatch(/event: end\ndata: \{\}\n\n$/);
  });

  it('may be one stream of two', async () => {
    const { seen, cancel } = reading(await ask('?follow=true&stream=stderr', { accept: 'text/plain' }));
    write('one', 'err two');
    await vi.waitFor(() => expect(seen.text).toBe('err two\n'));
    await cancel();
  });

  it('ends with its reader, also while nothing comes', async () => {
    const { cancel } = reading(await ask('?follow=true'));
    await cancel();
    const gone = new AbortController();
    const { seen } = reading(await ask('?follow=true', { accept: 'text/plain' }, gone.signal));
    gone.abort();
    await vi.waitFor(() => expect(seen.ended).toBe(true));
  });
});
