import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TerminalView } from '#lib/protocol/terminal.ts';
import type { ViewerDoor } from '../streams/terminal-viewer.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';
import { containerOf, person } from '../testing/world.ts';

const KEPT_PIECES = 200;
const PATIENCE = { timeout: 15_000, interval: 40 };

describe.skipIf(NO_ENGINE !== undefined)('inside an agent on a real engine', () => {
  let real: RealApp;
  const count = { agents: 0 };
  const spawn = (input: Readonly<Record<string, unknown>> = {}) => {
    count.agents += 1;
    return real.app.services.agents.spawn(
      real.admin,
      {
        type: 'custom',
        image: real.image,
        command: ['sleep', '100000'],
        name: `inside-${real.run}-${count.agents}`,
        networks: ['none'],
        tty: false,
        stdin: false,
        ...input,
      },
      { wait: true },
    );
  };
  /** Command lines of what runs in it. */
  const commands = async (agent: { readonly containerId: string | null }) =>
    (await real.engine.processes(containerOf(agent))).rows.map((row) => row.at(-1) ?? '');
  const open = (agent: { readonly id: string }, input: Readonly<Record<string, unknown>> = {}) =>
    real.app.services.terminals.open(real.admin, agent.id, input);

  beforeAll(async () => {
    real = await realApp();
  }, 120_000);
  afterAll(() => real.close(), 60_000);

  describe('a terminal', () => {
    it('is a shell that types back, and nothing of it is left when it is ended', async () => {
      const agent = await spawn();
      const terminal = await open(agent);
      expect(terminal).toMatchObject({ command: ['sh'], state: 'open', actor: 'operator ada' });
      const seen = await watch(real, terminal);
      await seen.type('echo $((6*7)); sleep 4321 & sleep 4322\r');
      await expect.poll(() => seen.text(), PATIENCE).toContain('42\r\n');
      await expect.poll(() => commands(agent), PATIENCE).toHaveLength(4);
      await real.app.services.terminals.end(real.admin, terminal.id);
      expect(await commands(agent)).toEqual(['sleep 100000']);
      expect(real.app.services.terminals.get(real.admin, terminal.id)).toMatchObject({
        state: 'ended',
        end: 'ended',
      });
    });

    it('goes on unseen, and shows the same screen to who comes later', async () => {
      const agent = await spawn();
      const terminal = await open(agent, { columns: 100, rows: 30 });
      const first = await watch(real, terminal);
      await first.type('stty size; vi /a\r');
      await expect.poll(() => first.text(), PATIENCE).toContain('30 100');
      await first.type('ihello in vi');
      await expect.poll(() => first.text(), PATIENCE).toContain('hello in vi');
      first.leave();
      const second = await watch(real, terminal);
      expect(second.screen).toContain('hello in vi');
      expect(second.screen).toContain('\u001b[?1049h');
      await second.type('\u001b');
      await expect.poll(() => second.text(), PATIENCE).toContain('- /a');
      await second.type(':wq\r');
      await second.type('cat /a\r');
      await expect.poll(() => second.text(), PATIENCE).toContain('hello in vi\r\n');
      await second.type('exit 3\r');
      await expect
        .poll(() => real.app.services.terminals.get(real.admin, terminal.id), PATIENCE)
        .toMatchObject({ state: 'ended', end: 'exit', exitCode: 3 });
    });

    it('is only looked at by a viewer', async () => {
      const terminal = await open(await spawn());
      const viewer = await watch(real, terminal, person('viewer'));
      await expect(viewer.type('echo no\r')).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(
        real.app.services.terminals.open(person('viewer'), terminal.agentId, {}),
      ).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await real.app.services.terminals.end(real.admin, terminal.id);
    });

    it('takes ten megabytes and gives them to the program whole', async () => {
      const agent = await spawn();
      const terminal = await open(agent, { command: ['sh', '-c', 'stty -echo; echo go; cat > /pasted'] });
      const seen = await watch(real, terminal);
      await expect.poll(() => seen.text(), PATIENCE).toContain('go');
      const paste = Buffer.alloc(10_000_000, 'a line of what somebody pastes here\n');
      for (let at = 0; at < paste.length; at += 32_768) await seen.type(paste.subarray(at, at + 32_768));
      await seen.type('\n\u0004');
      await expect
        .poll(() => real.app.services.terminals.get(real.admin, terminal.id).state, PATIENCE)
        .toBe('ended');
      expect((await real.engine.statPath(containerOf(agent), '/pasted'))?.size).toBe(10_000_001);
    }, 60_000);

    it('that is a flood waits for who looks, in the engine and not in memory', async () => {
      const agent = await spawn();
      const terminal = await open(agent, {
        command: [
          'sh',
          '-c',
          'yes "a long line of a flood that nobody can read $(seq -s. 1 40)" | head -c 20000000 > /big; cat /big; echo over',
        ],
      });
      const slow = await watch(real, terminal, real.admin, { draws: false });
      await expect.poll(() => slow.bytes(), PATIENCE).toBeGreaterThan(300_000);
      let before = -1;
      const halted = () => {
        const same = slow.bytes() === before;
        before = slow.bytes();
        return same;
      };
      await expect.poll(halted, { timeout: 15_000, interval: 300 }).toBe(true);
      // the engine is asked for no more than that
      expect(slow.bytes()).toBeLessThan(4_000_000);
      // it draws from now on
      slow.draw();
      await expect.poll(() => slow.text(), { timeout: 40_000, interval: 100 }).toContain('over');
    }, 60_000);

    it('ends with its container, and says so', async () => {
      const agent = await spawn();
      const terminal = await open(agent);
      await real.engine.killContainer(containerOf(agent), 'SIGKILL');
      await expect
        .poll(() => real.app.services.terminals.get(real.admin, terminal.id), PATIENCE)
        .toMatchObject({ state: 'ended', end: 'container' });
      await expect(open(agent)).rejects.toMatchObject({ code: 'CONFLICT' });
    });

    it('can be the main process itself, which goes on after it', async () => {
      const agent = await spawn({ command: ['sh'], tty: true, stdin: true });
      const terminal = await open(agent, { attach: true, columns: 90, rows: 20 });
      const seen = await watch(real, terminal);
      await seen.type('stty size\r');
      await expect.poll(() => seen.text(), PATIENCE).toContain('20 90');
      await real.app.services.terminals.end(real.admin, terminal.id);
      expect((await real.engine.inspectContainer(containerOf(agent))).status).toBe('running');
      await expect(open(await spawn(), { attach: true })).rejects.toMatchObject({ code: 'CONFLICT' });
    });

    it('is recorded when it is wished', async () => {
      const terminal = await open(await spawn(), { record: true, command: ['sh', '-c', 'echo recorded'] });
      await expect
        .poll(() => real.app.services.terminals.get(real.admin, terminal.id).state, PATIENCE)
        .toBe('ended');
      const { file } = await real.app.services.terminals.recording(real.admin, terminal.id);
      const lines = (await Array.fromAsync(file)).join('').trim().split('\n');
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ version: 2, width: 80, height: 24 });
      expect(lines.slice(1).join('')).toContain('"o","recorded');
      await real.app.services.terminals.deleteRecording(real.admin, terminal.id);
      await expect(real.app.services.terminals.recording(real.admin, terminal.id)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    });

    it('counts as use of its agent', async () => {
      const agent = await spawn();
      const terminal = await open(agent);
      const seen = await watch(real, terminal);
      await seen.type('\r');
      expect(real.app.pulses.newest(agent.id, ['input'])).not.toBeNull();
    });
  });

  describe('a program that is run', () => {
    const never = new AbortController().signal;
    it('gives what it printed and its code', async () => {
      const agent = await spawn();
      const { exec } = real.app.services;
      expect(
        await exec.run(
          real.admin,
          agent.id,
          { command: ['sh', '-c', 'cat; echo "$K"; echo bad >&2; exit 4'], stdin: 'in\n', env: { K: 'a b' } },
          never,
        ),
      ).toEqual({ exitCode: 4, stdout: 'in\na b\n', stderr: 'bad\n', truncated: false });
      const binary = await exec.run(real.admin, agent.id, { command: ['printf', '\\377'] }, never);
      expect(binary).toMatchObject({ stdout: '/w==', base64: ['stdout'] });
    });

    it('past its time is ended with what it started', async () => {
      const agent = await spawn();
      const { exec } = real.app.services;
      const wish = { command: ['sh', '-c', 'sleep 4323 & sleep 4324'], timeout: 800 };
      await expect(exec.run(real.admin, agent.id, wish, never)).rejects.toMatchObject({
        code: 'OPERATION_TIMEOUT',
      });
      await expect.poll(() => commands(agent), PATIENCE).toEqual(['sleep 100000']);
    });

    it('is streamed as it comes, and ended by who stops reading', async () => {
      const agent = await spawn();
      const { exec } = real.app.services;
      const all = await exec.stream(
        real.admin,
        agent.id,
        { command: ['sh', '-c', 'printf "\\303"; sleep 0.1; printf "\\244"; echo e >&2; exit 2'] },
        never,
      );
      expect(await Array.fromAsync(all)).toEqual([{ stdout: 'ä' }, { stderr: 'e\n' }, { exitCode: 2 }]);
      const person = new AbortController();
      const left = await exec.stream(real.admin, agent.id, { command: ['sleep', '4325'] }, person.signal);
      const next = left.next();
      await expect.poll(() => commands(agent), PATIENCE).toContain('sleep 4325');
      person.abort();
      await expect(next).rejects.toMatchObject({ code: 'CANCELLED' });
      await expect.poll(() => commands(agent), PATIENCE).toEqual(['sleep 100000']);
    });
  });

  describe('a message', () => {
    it('arrives byte for byte, through no shell', async () => {
      const agent = await spawn({ command: ['sh', '-c', 'cat > /got'], stdin: true });
      const { messages } = real.app.services;
      const message = '$(touch /x) `id` "quotes" \'single\' \\ two\nlines \0 ä';
      expect(await messages.send(real.admin, agent.id, { message })).toEqual({ sent: true });
      await messages.send(real.admin, agent.id, { message: `${'x'.repeat(1_000_000)}\n` });
      const got = async () =>
        (
          await real.engine.execute(containerOf(agent), {
            command: ['cat', '/got'],
            timeoutMs: 9_000,
            maxBytes: 4e6,
          })
        ).stdout;
      const wanted = Buffer.from(`${message}\n${'x'.repeat(1_000_000)}\n`);
      await expect.poll(async () => (await got()).equals(wanted), PATIENCE).toBe(true);
      expect(await real.engine.statPath(containerOf(agent), '/x')).toBeNull();
      expect(messages.count(agent.id)).toBe(2);
    });

    it('is answered with what is printed after it', async () => {
      const agent = await spawn({
        command: ['sh', '-c', 'while read -r l; do echo "got $l"; sleep 0.2; echo "done $l"; done'],
        stdin: true,
      });
      const { messages } = real.app.services;
      expect(
        await messages.send(real.admin, agent.id, { message: 'one', expectResponse: true, quiet: 600 }),
      ).toEqual({ sent: true, response: 'got one\ndone one\n' });
      expect(
        await messages.send(real.admin, agent.id, { message: 'two', expectResponse: true, pattern: '^got' }),
      ).toMatchObject({ response: 'got two\n' });
      await expect(
        messages.send(real.admin, agent.id, {
          message: 'three',
          expectResponse: true,
          pattern: 'never',
          timeout: 900,
        }),
      ).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
    });

    it('needs an open stdin', async () => {
      const agent = await spawn();
      await expect(
        real.app.services.messages.send(real.admin, agent.id, { message: 'x' }),
      ).rejects.toMatchObject({ code: 'CONFLICT' });
    });
  });
});

/** Looks at a session as a page does. */
async function watch(
  real: RealApp,
  terminal: TerminalView,
  actor = real.admin,
  { draws = true }: { readonly draws?: boolean } = {},
) {
  const last: Buffer[] = [];
  let total = 0;
  let drawing = draws;
  let undrawn = 0;
  const door: ViewerDoor = {
    output: (bytes) => {
      total += bytes.length;
      last.push(bytes);
      if (last.length > KEPT_PIECES) last.shift();
      if (drawing) setImmediate(() => handle.drawn(bytes.length));
      else undrawn += bytes.length;
    },
    screen: () => undefined,
    changed: () => undefined,
  };
  const handle = real.app.services.terminals.join(actor, terminal.id, door);
  return {
    screen: await handle.screen,
    text: () => Buffer.concat(last).toString(),
    bytes: () => total,
    type: (input: string | Buffer) => handle.write(Buffer.from(input)),
    draw: () => {
      drawing = true;
      handle.drawn(undrawn);
    },
    leave: () => {
      handle.leave();
    },
  };
}
