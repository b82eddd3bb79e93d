import { describe, expect, it } from 'vitest';
import type { AttachSession, Engine, ExecSession, LogFrame, OpenExecOptions } from '../engine.ts';
import { expectRefusal, PATIENCE, type Yard } from './yard.ts';

const SIZE = { columns: 80, rows: 24 } as const;

/** Programs and main processes whose standard streams stay open. */
export function describeStreams(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const open = (
    id: string,
    command: readonly string[],
    options: Partial<OpenExecOptions> = {},
  ): Promise<ExecSession> => engine().openExec(id, { command, terminal: null, stdin: true, ...options });
  const commands = async (id: string) => (await engine().processes(id)).rows.map((row) => row.at(-1) ?? '');

  describe('a program with open streams', () => {
    it('reads what is written as it comes, and the end of it', async () => {
      const session = await open(await yard().start(), ['cat']);
      const heard = listen(session);
      await session.write(Buffer.from('one\n'));
      await expect.poll(() => heard.text(), PATIENCE).toBe('one\n');
      expect(await session.exitCode()).toBeNull();
      await session.write(Buffer.from('two'));
      session.endInput();
      await heard.ended;
      expect(heard.text()).toBe('one\ntwo');
      expect(await session.exitCode()).toBe(0);
      await expectRefusal(session.write(Buffer.from('late')), 'CONFLICT');
    });

    it('has its two outputs apart, and a code', async () => {
      const session = await open(await yard().start(), ['sh', '-c', 'echo out; echo err >&2; exit 7'], {
        stdin: false,
      });
      const heard = listen(session);
      await heard.ended;
      expect([heard.text('stdout'), heard.text('stderr')]).toEqual(['out\n', 'err\n']);
      expect(await session.exitCode()).toBe(7);
    });

    it('gets all of a large input, whoever reads meanwhile', async () => {
      const session = await open(await yard().start(), ['cat']);
      const heard = listen(session);
      const input = Buffer.alloc(2_000_000, 'a line of a large input\n');
      for (let at = 0; at < input.length; at += 65_536) await session.write(input.subarray(at, at + 65_536));
      session.endInput();
      await heard.ended;
      expect(heard.bytes().equals(input)).toBe(true);
    });

    it('knows the size of its terminal, also a later one, and its output is one stream', async () => {
      const session = await open(await yard().start(), ['sh'], { terminal: SIZE });
      const heard = listen(session);
      await session.write(Buffer.from('stty size\r'));
      await expect.poll(() => heard.text(), PATIENCE).toContain('24 80\r\n');
      await session.resize({ columns: 100, rows: 30 });
      await session.write(Buffer.from('stty size\r'));
      await expect.poll(() => heard.text(), PATIENCE).toContain('30 100\r\n');
      await session.write(Buffer.from('no-such-command\r'));
      await expect.poll(() => heard.text(), PATIENCE).toContain('not found');
      expect(heard.text('stderr')).toBe('');
      await session.write(Buffer.from([4]));
      await heard.ended;
      expect(await session.exitCode()).toBe(127);
    });

    it('is interrupted from its terminal', async () => {
      const session = await open(await yard().start(), ['sleep', '4321'], { terminal: SIZE });
      await session.write(Buffer.from([3]));
      await listen(session).ended;
      expect(await session.exitCode()).toBe(130);
    });

    it('ends with all that it has started', async () => {
      const id = await yard().start();
      const session = await open(id, ['sh', '-c', 'echo begun; sleep 4321; echo over'], { terminal: SIZE });
      const heard = listen(session);
      await expect.poll(() => heard.text(), PATIENCE).toContain('begun');
      expect(await session.end()).toBe(true);
      await heard.ended;
      await expect.poll(() => commands(id), PATIENCE).toEqual(['sleep 1000']);
      expect(await session.end()).toBe(true);
    });

    it('ends without an error when its container ends', async () => {
      const id = await yard().start();
      const session = await open(id, ['cat']);
      const heard = listen(session);
      await engine().killContainer(id, 'SIGKILL');
      await heard.ended;
      expect(await session.end()).toBe(true);
      expect(await session.exitCode()).toBe(137);
    });

    it('is refused when it cannot be started, or in a container that does not run', async () => {
      const id = await yard().start();
      for (const terminal of [null, SIZE])
        await expectRefusal(open(id, ['no-such-command'], { terminal }), 'VALIDATION');
      await expectRefusal(open(await yard().create(), ['cat']), 'CONFLICT');
    });

    it('throws when the way to its engine is cut', async () => {
      const faulty = await yard().subject.faulty();
      const { id } = await faulty.engine.createContainer('contract-streams-cut', yard().plan());
      await faulty.engine.startContainer(id);
      const session = await faulty.engine.openExec(id, { command: ['cat'], terminal: null, stdin: true });
      const heard = listen(session);
      faulty.cut();
      await expectRefusal(heard.ended, 'SOCKET_ERROR');
      await faulty.heal();
      await faulty.engine.removeContainer(id, { force: true });
      faulty.dispose();
    });
  });

  describe('the streams of a main process', () => {
    it('take what is written, byte for byte, and give what it prints from then on', async () => {
      const id = await yard().start({ Cmd: ['cat'], OpenStdin: true });
      const session = await engine().attach(id, { stdin: true, output: true });
      const heard = listen(session);
      const strange = Buffer.from('$(touch /tmp/x) `ls` "\' \\ \0 \u00e4\n');
      await session.write(strange);
      await expect.poll(() => heard.bytes().equals(strange), PATIENCE).toBe(true);
      session.close();
      await heard.ended;
      const again = await engine().attach(id, { stdin: true, output: false });
      await again.write(Buffer.from('more\n'));
      again.close();
      expect((await engine().inspectContainer(id)).status).toBe('running');
    });

    it('end with the container', async () => {
      const id = await yard().start();
      const session = await engine().attach(id, { stdin: false, output: true });
      const heard = listen(session);
      await engine().killContainer(id, 'SIGKILL');
      await heard.ended;
    });

    it('have the size that is said, with a terminal', async () => {
      const id = await yard().start({ Cmd: ['sh'], Tty: true, OpenStdin: true });
      await engine().resizeContainer(id, { columns: 120, rows: 40 });
      const session = await engine().attach(id, { stdin: true, output: true });
      const heard = listen(session);
      await session.write(Buffer.from('stty size\r'));
      await expect.poll(() => heard.text(), PATIENCE).toContain('40 120\r\n');
      session.close();
    });

    it('are refused without an open stdin, and of a container that does not run', async () => {
      const id = await yard().start();
      await expectRefusal(engine().attach(id, { stdin: true, output: true }), 'CONFLICT');
      await expectRefusal(engine().attach(await yard().create(), { stdin: false, output: true }), 'CONFLICT');
    });
  });
}

/** Reads in the background. */
function listen(session: ExecSession | AttachSession) {
  const frames: LogFrame[] = [];
  const ended = (async () => {
    for await (const frame of session.output) frames.push(frame);
  })();
  // whoever waits for it sees what it threw
  ended.catch(() => undefined);
  const bytes = (stream?: LogFrame['stream']) =>
    Buffer.concat(
      frames.filter((frame) => stream === undefined || frame.stream === stream).map((frame) => frame.bytes),
    );
  return { ended, bytes, text: (stream?: LogFrame['stream']) => bytes(stream).toString() };
}
