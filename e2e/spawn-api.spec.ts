/** The doors for scripts, as the documentation writes them. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { quiet, rowState, script } from './support/agent-page.ts';
import type { Refusal } from './support/api.ts';
import { expect, test } from './support/fixtures.ts';

const run = promisify(execFile);

/** curl as a script calls it; gives the status and the body. */
async function curl(...args: readonly string[]): Promise<{ status: number; body: unknown }> {
  const { stdout } = await run('curl', ['-sS', '-w', '\n%{http_code}', ...args]);
  const at = stdout.lastIndexOf('\n');
  const text = stdout.slice(0, at);
  return { status: Number(stdout.slice(at + 1)), body: text === '' ? null : (JSON.parse(text) as unknown) };
}

async function token(url: string, cookie: string): Promise<string> {
  const response = await fetch(`${url}/api/tokens`, {
    method: 'POST',
    headers: { cookie, origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'curl' }),
  });
  return ((await response.json()) as { secret: string }).secret;
}

test.describe('POST /agents', () => {
  test('works with curl as it is written in the documentation, and an image that is not there fails with nothing left', async ({
    startSite,
    engine,
  }) => {
    // sign-in off, as on a first try on one's own machine: then the call needs no token
    const { url } = await startSite({ env: { SLIPWAY_AUTH: 'none' } });
    const json = '{"name":"heavy-analyzer","type":"claude","resources":{"memory":"1g","cpu":1.0}}';
    const { status, body } = await curl(
      '-X',
      'POST',
      `${url}/agents`,
      '-H',
      'Content-Type: application/json',
      '-d',
      json,
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'heavy-analyzer',
      type: 'claude',
      status: 'queued',
      containerId: null,
      role: null,
      capabilities: [],
      startedAt: null,
    });

    const agent = async () => (await curl(`${url}/agents/heavy-analyzer`)).body as AgentDetailView;
    await expect.poll(async () => (await agent()).status).toBe('failed');
    expect(await agent()).toMatchObject({ containerId: null, error: { code: 'IMAGE_NOT_FOUND' } });
    expect(await engine.cli('ps', '-aq', '--filter', 'label=dev.slipway.agent.name=heavy-analyzer')).toBe('');
    expect((await curl('-X', 'DELETE', `${url}/agents/heavy-analyzer`)).status).toBe(204);
    expect((await curl(`${url}/agents`)).body).toEqual({ agents: [], count: 0 });
  });

  test('makes an agent that a page shows at once', async ({ page, site }) => {
    const [session] = site.storageState.cookies;
    const secret = await token(site.url, `${session?.name}=${session?.value}`);
    await page.goto('/agents');
    const json = JSON.stringify({
      name: 'from-a-script',
      type: 'shell',
      resources: { memory: '64m', cpu: 0.2 },
      tags: { env: 'test' },
    });
    const { status, body } = await curl(
      '-X',
      'POST',
      `${site.url}/agents`,
      '-H',
      'Content-Type: application/json',
      '-H',
      `Authorization: Bearer ${secret}`,
      '-d',
      json,
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'from-a-script', tags: { env: 'test' } });
    await expect(rowState(page, 'from-a-script')).toHaveText('Ready');
  });

  test('makes a name when none is given', async ({ api }) => {
    const { status, body } = await api.call<AgentDetailView>('POST', '/agents', {
      type: 'shell',
      command: quiet,
    });
    expect(status).toBe(201);
    expect(body.name).toMatch(/^shell-[a-z]+-[a-z]+$/);
  });

  test('a page that is asked for at the same address is still a page', async ({ site, api }) => {
    expect(
      (
        await api.call('GET', '/agents', undefined, { accept: 'text/html,application/xhtml+xml' })
      ).headers.get('content-type'),
    ).toContain('text/html');
    expect(
      (await api.call('GET', '/agents', undefined, { accept: '*/*' })).headers.get('content-type'),
    ).toContain('application/json');
    expect((await fetch(`${site.url}/agents`, { headers: { accept: '*/*' } })).status).toBe(401);
  });
});

test.describe('POST /api/agents', () => {
  test('waits with ?wait=true and then answers the agent when it is ready', async ({ api, engine }) => {
    const { status, body, headers } = await api.call<AgentDetailView>('POST', '/api/agents?wait=true', {
      name: 'waited-for',
      type: 'shell',
      command: quiet,
      env: { GREETING: 'good day' },
    });
    expect([status, body.status, body.can.includes('stop')]).toEqual([201, 'ready', true]);
    expect(headers.get('location')).toBe(`/api/agents/${body.id}`);
    expect(await engine.cli('exec', body.containerId ?? '', 'sh', '-c', 'echo $GREETING')).toBe('good day');
  });

  test('the same request with the same Idempotency-Key makes one agent, another request is refused', async ({
    api,
  }) => {
    const input = { type: 'shell', command: quiet };
    const first = await api.call<AgentDetailView>('POST', '/api/agents', input, {
      'idempotency-key': 'once',
    });
    const second = await api.call<AgentDetailView>('POST', '/api/agents', input, {
      'idempotency-key': 'once',
    });
    expect([first.status, second.status, second.body.id]).toEqual([201, 201, first.body.id]);
    const other = await api.call<Refusal>(
      'POST',
      '/api/agents',
      { ...input, role: 'other' },
      { 'idempotency-key': 'once' },
    );
    expect([other.status, other.body.error.code]).toEqual([409, 'CONFLICT']);
    expect(await api.agents()).toHaveLength(1);
  });

  test('a refusal names field, value and rule', async ({ api }) => {
    const { status, body } = await api.call<Refusal>('POST', '/api/agents', {
      type: 'shell',
      name: '-x',
      resources: { memory: '1k' },
      colour: 'red',
    });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'VALIDATION', requestId: expect.any(String) });
    expect(body.error.details?.fields).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ field: 'name', value: '-x' }),
        expect.objectContaining({ field: 'resources.memory', value: '1k' }),
        expect.objectContaining({ field: 'colour', value: 'red', rule: 'is not a known field' }),
      ]),
    );
  });

  for (const [what, path, body, code, status] of [
    ['a missing type', '/api/agents', {}, 'VALIDATION', 400],
    ['an unknown type', '/api/agents', { type: 'no-such-type' }, 'VALIDATION', 400],
    ['a body that is no JSON', '/api/agents', '{"type":', 'VALIDATION', 400],
    ['a body that is a list', '/api/agents', '[]', 'VALIDATION', 400],
    [
      'more cores than the host has',
      '/api/agents?wait=true',
      { type: 'shell', resources: { cpu: 1000 } },
      'RESOURCE_LIMIT',
      422,
    ],
    [
      'a network that is not there',
      '/api/agents?wait=true',
      { type: 'shell', networks: ['no-such-network'] },
      'NETWORK_ERROR',
      409,
    ],
    ['a host that is not there', '/api/agents', { type: 'shell', host: 'no-such-host' }, 'NOT_FOUND', 404],
    ['a verb that is not there', '/api/agents/x/dance', {}, 'NOT_FOUND', 404],
    ['an agent that is not there', '/api/agents/no-such-agent/stop', {}, 'NOT_FOUND', 404],
    ['an address that is not there', '/api/no/such/thing', {}, 'NOT_FOUND', 404],
  ] as const) {
    test(`${what} is ${status} ${code} in the one shape of errors`, async ({ api }) => {
      const answer = await api.call<Refusal>('POST', path, body);
      expect(answer.status).toBe(status);
      expect(answer.body.error).toEqual(
        expect.objectContaining({
          code,
          message: expect.any(String),
          hint: expect.any(String),
          requestId: answer.headers.get('x-request-id'),
        }),
      );
    });
  }

  test('a missing type is said in these words', async ({ api }) => {
    expect((await api.call<Refusal>('POST', '/agents', {})).body.error.message).toBe(
      'Agent type is required',
    );
  });

  test('a command that the image does not have fails the agent and leaves no container', async ({
    api,
    engine,
  }) => {
    const { status, body } = await api.call<Refusal>('POST', '/api/agents?wait=true', {
      name: 'no-command',
      type: 'custom',
      image: 'slipway-test/busybox:latest',
      command: ['/no/such/program'],
    });
    expect([status, body.error.code]).toEqual([400, 'VALIDATION']);
    expect(body.error.details?.engine?.message).toContain('/no/such/program');
    expect(await api.agent('no-command')).toMatchObject({ status: 'failed', containerId: null });
    expect(await engine.cli('ps', '-aq', '--filter', 'label=dev.slipway.agent.name=no-command')).toBe('');
  });
});

test.describe('the verbs and reads of the API', () => {
  test('stop, start, pause, resume, kill and remove do what they say', async ({ api, engine }) => {
    const { id, containerId } = await api.spawn({ name: 'obedient', command: quiet });
    const inEngine = () => engine.cli('inspect', '--format', '{{.State.Status}}', containerId ?? '');
    for (const [verb, status, state] of [
      ['pause', 'paused', 'paused'],
      ['resume', 'ready', 'running'],
      ['stop', 'stopped', 'exited'],
      ['stop', 'stopped', 'exited'],
      ['start', 'ready', 'running'],
      ['restart', 'ready', 'running'],
      ['kill', 'stopped', 'exited'],
    ] as const) {
      expect([verb, (await api.act(verb, id)).status, await inEngine()]).toEqual([verb, status, state]);
    }
    await api.act('start', id);
    const refused = await api.call<Refusal>('DELETE', `/api/agents/${id}`);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'CONFLICT']);
    expect((await api.call('DELETE', `/api/agents/${id}?force=true`)).status).toBe(204);
    expect((await api.call('DELETE', `/api/agents/${id}`)).status).toBe(404);
  });

  test('lists are filtered, logs are read with a tail, bad numbers are refused', async ({ api }) => {
    await api.spawn({
      name: 'tagged',
      tags: { env: 'test' },
      command: script('seq 1 50; exec sleep infinity'),
    });
    await api.spawn({ name: 'plain', command: quiet });
    const names = async (query: string) =>
      (await api.call<{ agents: { name: string }[] }>('GET', `/api/agents?${query}`)).body.agents.map(
        ({ name }) => name,
      );
    expect(await names('tag=env%3Dtest')).toEqual(['tagged']);
    expect(await names('status=stopped')).toEqual([]);
    expect(await names('q=plain&type=shell&type=claude')).toEqual(['plain']);

    const logs = (query: string, accept = '*/*') =>
      api.call('GET', `/api/agents/tagged/logs?${query}`, undefined, { accept });
    await expect.poll(async () => (await logs('tail=2')).body).toEqual({ logs: ['49', '50'], count: 2 });
    expect((await logs('tail=3', 'text/plain')).body).toBe('48\n49\n50\n');
    expect((await logs('tail=1&format=json')).body).toMatchObject({
      logs: [{ stream: 'stdout', text: '50' }],
    });
    for (const query of ['tail=abc', 'tail=-1', 'tail=', 'since=yesterday', 'colour=red']) {
      expect([query, (await logs(query)).status]).toEqual([query, 400]);
    }
    expect((await api.call('GET', '/api/agents/tagged/metrics')).body).toMatchObject({
      uptime: expect.any(Number),
    });
  });
});

test.describe('a form action', () => {
  test('answers JSON to a script that sends a form with a token', async ({ api, site }) => {
    const [session] = site.storageState.cookies;
    const secret = await token(site.url, `${session?.name}=${session?.value}`);
    const send = (address: string, ...fields: readonly string[]) =>
      curl(
        '-H',
        `Authorization: Bearer ${secret}`,
        ...fields.flatMap((field) => ['-F', field]),
        `${site.url}${address}`,
      );

    const made = await send('/agents/new', 'name=by-form', 'type=shell', 'memory=64m', 'command=sleep\n600');
    expect(made).toMatchObject({
      status: 200,
      body: { location: expect.stringMatching(/^\/agents\//) },
    });
    await expect.poll(async () => (await api.agent('by-form')).status).toBe('ready');
    expect(await send('/agents?/pause', 'id=by-form')).toMatchObject({
      status: 200,
      body: { done: 'pause', agent: { name: 'by-form', status: 'paused' } },
    });
    expect(await send('/agents/by-form?/resume', 'x=1')).toMatchObject({
      status: 200,
      body: { done: 'resume', agent: { status: 'ready' } },
    });
    expect(await send('/agents/new', 'name=-bad-', 'type=shell')).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION', requestId: expect.any(String) } },
    });
    expect(await send('/agents?/stop', 'id=no-such-agent')).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND' } },
    });
    expect(await send('/agents?/dance', 'id=by-form')).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND' } },
    });
    expect(await send('/settings?/token', 'name=another')).toMatchObject({
      status: 200,
      body: { done: 'token', secret: expect.stringMatching(/^slw_/) },
    });
  });
});
