import { createServer } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fact } from '#lib/protocol/facts.ts';
import {
  SOCKET_PATH,
  type ClientToServer,
  type LogBatch,
  type Reply,
  type ServerToClient,
} from '#lib/protocol/socket.ts';
import type { Pulse, StatsSample } from '#lib/protocol/views.ts';
import { authenticateUpgrade } from '../http/authenticate.ts';
import { anApp, setUp, type TestApp } from '../testing/app.ts';
import { containerOf, person } from '../testing/world.ts';
import { attachRealtime, type Realtime } from './realtime.ts';

const ADA = person('admin', 'ada');

let made: TestApp;
let session = '';
let address = '';
let realtime: Realtime;
const server = { close: () => Promise.resolve() };
const sockets: Socket<ServerToClient, ClientToServer>[] = [];

beforeEach(async () => {
  made = await anApp({ shared: true });
  session = await setUp(made.app);
  const http = createServer();
  realtime = attachRealtime(http, made.app, (request) => authenticateUpgrade(made.app, request));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const bound = http.address();
  address = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
  server.close = () =>
    new Promise((resolve) => {
      http.close(() => resolve());
    });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.disconnect();
  await realtime.close();
  await server.close();
  await made.close();
});

function open(headers: Readonly<Record<string, string>> = {}): Socket<ServerToClient, ClientToServer> {
  const extraHeaders = { origin: address, cookie: `slipway_session=${session}`, ...headers };
  const socket: Socket<ServerToClient, ClientToServer> = io(address, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders,
  });
  sockets.push(socket);
  return socket;
}

function outcome(socket: Socket<ServerToClient, ClientToServer>): Promise<string> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve('connected'));
    socket.once('connect_error', () => resolve('refused'));
  });
}

async function connected() {
  const socket = open();
  expect(await outcome(socket)).toBe('connected');
  const facts: Fact[] = [];
  const lines: string[] = [];
  const batches: LogBatch[] = [];
  const pulses: Record<string, Pulse> = {};
  const samples: StatsSample[] = [];
  socket.on('facts', (told) => facts.push(...told));
  socket.on('pulses', (told) => Object.assign(pulses, told));
  socket.on('stats', (_agentId, told) => samples.push(...told));
  socket.on('log', (batch) => {
    batches.push(batch);
    lines.push(...batch.lines.map((line) => line.text));
  });
  return { socket, facts, lines, batches, pulses, samples };
}

function answered<Value>(ask: (reply: (answer: Reply<Value>) => void) => void): Promise<Reply<Value>> {
  return new Promise((resolve) => {
    ask(resolve);
  });
}

const spawn = (name: string) =>
  made.app.services.agents.spawn(ADA, { type: 'shell', name, tty: false }, { wait: true });

describe('a connection', () => {
  it('is for those who are signed in', async () => {
    expect(await outcome(open())).toBe('connected');
    expect(await outcome(open({ cookie: '' }))).toBe('refused');
    expect(await outcome(open({ cookie: 'slipway_session=wrong' }))).toBe('refused');
  });

  it('is for pages of ours: a websocket of another site brings the cookie too', async () => {
    expect(await outcome(open({ origin: 'http://evil.example.test' }))).toBe('refused');
  });

  it('of a script has a token', async () => {
    const { secret } = made.app.services.accounts.createToken(
      made.app.services.accounts.actorOfSession(session),
      { name: 'ci' },
    );
    expect(await outcome(open({ cookie: '', origin: '', authorization: `Bearer ${secret}` }))).toBe(
      'connected',
    );
    expect(await outcome(open({ cookie: '', origin: '', authorization: 'Bearer wrong' }))).toBe('refused');
  });

  it('with a cookie that cannot be read is refused and harms nobody', async () => {
    expect(await outcome(open({ cookie: 'slipway_session=%E0%A4%A' }))).toBe('refused');
    expect(await outcome(open())).toBe('connected');
  });

  it('ends soon after its session does', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await realtime.close();
      const http = createServer();
      realtime = attachRealtime(http, made.app, (request) => authenticateUpgrade(made.app, request));
      await server.close();
      await new Promise<void>((resolve) => http.listen(Number(new URL(address).port), '127.0.0.1', resolve));
      server.close = () => new Promise((resolve) => http.close(() => resolve()));
      const { socket } = await connected();
      vi.advanceTimersByTime(30_000);
      expect(socket.connected).toBe(true);
      made.app.services.accounts.logout(made.app.services.accounts.actorOfSession(session));
      vi.advanceTimersByTime(30_000);
      await vi.waitFor(() => expect(socket.connected).toBe(false));
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends when Slipway does, so that nothing holds it up', async () => {
    const { socket } = await connected();
    await realtime.close();
    await vi.waitFor(() => expect(socket.connected).toBe(false));
  });
});

describe('facts', () => {
  it('that were missed come after the hello, then those that happen', async () => {
    const { socket, facts } = await connected();
    const before = made.app.journal.seq();
    await spawn('fox');
    expect(facts).toEqual([]);
    const answer = await answered<{ reload: boolean; seq: number }>((reply) =>
      socket.emit('hello', before, reply),
    );
    expect(answer).toEqual({ ok: true, value: { reload: false, seq: made.app.journal.seq() } });
    await spawn('owl');
    await vi.waitFor(() => expect(facts.at(-1)?.seq).toBe(made.app.journal.seq()));
    expect(facts.map((fact) => fact.seq)).toEqual(
      Array.from({ length: facts.length }, (_, n) => before + 1 + n),
    );
  });

  it('that are no longer kept mean to load the page anew', async () => {
    const { socket } = await connected();
    const answer = await answered<{ reload: boolean; seq: number }>((reply) =>
      socket.emit('hello', 1_000_000, reply),
    );
    expect(answer).toMatchObject({ ok: true, value: { reload: true } });
  });

  it('after what is no number are none', async () => {
    const { socket } = await connected();
    for (const since of [-1, 1.5, null, 'x', {}]) {
      const answer = await answered<unknown>(
        (reply) => void Reflect.apply(socket.emit.bind(socket), undefined, ['hello', since, reply]),
      );
      expect(answer).toMatchObject({ ok: false, error: { code: 'VALIDATION' } });
    }
  });
});

describe('a log', () => {
  it('comes from its newest lines on, until it is no longer wanted', async () => {
    const container = containerOf(await spawn('fox'));
    made.fake.write(container, 'stdout', 'one\n');
    const { socket, lines, batches } = await connected();
    expect(await answered<null>((reply) => socket.emit('followLog', 'fox', null, reply))).toEqual({
      ok: true,
      value: null,
    });
    made.fake.write(container, 'stdout', 'two\n');
    await vi.waitFor(() => expect(lines).toEqual(['one', 'two']));
    expect(batches[0]?.reset).toBe(true);
    const agentId = made.app.services.agents.get(ADA, 'fox').id;
    socket.emit('unfollowLog', agentId);
    await answered<unknown>((reply) => socket.emit('hello', 0, reply));
    made.fake.write(container, 'stdout', 'three\n');
    await vi.waitFor(() => expect(made.app.tails.get(agentId)?.lastLine?.text).toBe('three'));
    await answered<unknown>((reply) => socket.emit('hello', 0, reply));
    expect(lines).toEqual(['one', 'two']);
  });

  it('goes on after the line that the page has', async () => {
    const container = containerOf(await spawn('fox'));
    made.fake.write(container, 'stdout', 'one\ntwo\n');
    const recent = await vi.waitFor(async () => {
      const read = await made.app.services.logs.recent(ADA, 'fox');
      expect(read).toHaveLength(2);
      return read;
    });
    const { socket, lines } = await connected();
    await answered<null>((reply) => socket.emit('followLog', 'fox', recent[0] ?? null, reply));
    await vi.waitFor(() => expect(lines).toEqual(['two']));
  });

  it('of an agent that is not there is refused', async () => {
    const { socket } = await connected();
    const answer = await answered<null>((reply) => socket.emit('followLog', 'nobody', null, reply));
    expect(answer).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });
});

describe('figures', () => {
  it('of all agents come each second to who wants them', async () => {
    const fox = await spawn('fox');
    const { socket, pulses } = await connected();
    await answered<unknown>((reply) => socket.emit('followPulses', reply));
    made.app.pulses.sample(fox.id, {
      at: Date.now(),
      cpu: 42,
      memory: 1,
      memoryLimit: 2,
      netRx: 0,
      netTx: 0,
      blockRead: null,
      blockWrite: null,
      throttled: 0,
      pids: 1,
    });
    await vi.waitFor(() => expect(pulses[fox.id]?.cpu).toEqual(expect.any(Number)), 3_000);
  });

  it('of one agent come as samples, beginning with those that are known', async () => {
    const fox = await spawn('fox');
    const sample = (at: number): StatsSample => ({
      at,
      cpu: 1,
      memory: 1,
      memoryLimit: 2,
      netRx: 0,
      netTx: 0,
      blockRead: null,
      blockWrite: null,
      throttled: 0,
      pids: 1,
    });
    made.app.pulses.sample(fox.id, sample(1));
    const { socket, samples } = await connected();
    const answer = await answered<readonly StatsSample[]>((reply) =>
      socket.emit('followStats', 'fox', reply),
    );
    expect(answer.ok && answer.value[0]).toEqual(sample(1));
    await vi.waitFor(() => expect(samples.length).toBeGreaterThan(0), 4_000);
    expect(samples.every((each) => each.at > 1)).toBe(true);
  });
});

it('what is sent as rubbish is answered, or left, and breaks nothing', async () => {
  const { socket } = await connected();
  const send = (...message: readonly unknown[]) =>
    void Reflect.apply(socket.emit.bind(socket), undefined, message);
  send('followLog', { toString: 1 }, 'x', 'no function');
  send('followLog');
  send('hello');
  send('followStats', null, null);
  send('unfollowLog', null);
  send('nothing', 1);
  expect(await answered<unknown>((reply) => socket.emit('hello', 0, reply))).toMatchObject({ ok: true });
  expect(socket.connected).toBe(true);
});
