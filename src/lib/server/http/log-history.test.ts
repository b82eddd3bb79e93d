import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { App } from '../app.ts';
import { anApp } from '../testing/app.ts';
import { containerOf, person } from '../testing/world.ts';
import { logAnswer } from './log-answer.ts';

const ADA = person('admin', 'ada');
const LINES = 1_200;

interface Listed {
  readonly logs: readonly { readonly seq: number; readonly text: string; readonly level: string | null }[];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
}

let app: App;
let id = '';
/** An agent that printed 1 to 1,200, each hundredth as an error, and was removed. */
beforeAll(async () => {
  const made = await anApp({ shared: true });
  app = made.app;
  const agent = await app.services.agents.spawn(
    ADA,
    { type: 'shell', name: 'gone', tty: false },
    { wait: true },
  );
  id = agent.id;
  for (let n = 1; n <= LINES; n += 1) {
    const [stream, text] =
      n % 100 === 0 ? (['stderr', `ERROR: ${n}`] as const) : (['stdout', `line ${n}`] as const);
    made.fake.write(containerOf(agent), stream, `${text}\n`);
  }
  await app.services.agents.remove(ADA, id, { force: true }, { wait: true });
  await vi.waitFor(async () => expect(await texts('?tail=2000')).toHaveLength(LINES));
  return made.close;
});

function ask(query: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const url = new URL(`http://127.0.0.1:3200/api/agents/${id}/logs${query}`);
  return logAnswer(app, ADA, id, new Request(url, { headers }), url);
}
const listed = async (query: string): Promise<Listed> => (await ask(query)).json() as Promise<Listed>;
const texts = async (query: string) => (await listed(`${query}&format=json`)).logs.map((line) => line.text);
const seqOf = async (text: string) => {
  const { logs } = await listed(`?format=json&tail=1&q=${text}`);
  return logs[0]?.seq ?? 0;
};

describe('the history of a removed agent', () => {
  it('comes in pages before a line, after one, and around one', async () => {
    const seq = await seqOf('line 601');
    expect(await texts(`?before=${seq}&limit=2`)).toEqual(['line 599', 'ERROR: 600']);
    expect(await texts(`?after=${seq}&limit=2`)).toEqual(['line 602', 'line 603']);
    expect(await texts(`?around=${seq}&limit=4`)).toEqual(['line 599', 'ERROR: 600', 'line 601', 'line 602']);
  });

  it('says where there is more', async () => {
    const first = await seqOf('line%201%24&regex=true');
    expect(await listed(`?before=${first}&limit=5`)).toMatchObject({
      logs: [],
      hasBefore: false,
      hasAfter: true,
    });
    expect(await listed(`?around=${first}&limit=5`)).toMatchObject({ hasBefore: false, hasAfter: true });
    expect(await listed(`?after=${await seqOf('line 1199')}&limit=1`)).toMatchObject({ hasAfter: false });
  });

  it('gives the level of a line', async () => {
    const { logs } = await listed('?format=json&tail=2');
    expect(logs.map((line) => line.level)).toEqual([null, 'error']);
  });
});

describe('its log as a file', () => {
  it('is everything, in order', async () => {
    const response = await ask('?download=text');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(LINES);
    expect([lines[0], lines.at(-1)]).toEqual(['line 1', 'ERROR: 1200']);
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="gone.log"');
  });

  it('is what fits the filter, also packed and as JSON', async () => {
    const response = await ask('?download=jsonl&gzip=true&levels=error&q=00');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="gone.jsonl.gz"');
    const lines = gunzipSync(Buffer.from(await response.arrayBuffer()))
      .toString()
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(12);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      text: 'ERROR: 100',
      stream: 'stderr',
      level: 'error',
    });
  });

  it('as plain text is any number of the newest lines', async () => {
    const plain = async (query: string) =>
      (await (await ask(query, { accept: 'text/plain' })).text()).trimEnd().split('\n');
    expect(await plain('?tail=all')).toHaveLength(LINES);
    expect(await plain('?tail=3')).toEqual(['line 1198', 'line 1199', 'ERROR: 1200']);
    expect(await plain('?tail=2&stream=stderr')).toEqual(['ERROR: 1100', 'ERROR: 1200']);
  });
});

it.each([
  ['?tail=10001', 'tail: '],
  ['?tail=x', 'tail: '],
  ['?before=x', 'before: '],
  ['?q=a(&regex=true', 'q: '],
  ['?levels=loud', 'levels'],
])('%s is refused', async (query, words) => {
  await expect(ask(query)).rejects.toMatchObject({
    code: 'VALIDATION',
    message: expect.stringContaining(words) as unknown,
  });
});
