import { describe, expect, it } from 'vitest';
import type { Engine, ExecOptions, ExecResult } from '../engine.ts';
import { PATIENCE, actionsOf, expectRefusal, listen, type Yard } from './yard.ts';

const MIB = 1024 ** 2;

export function describeExecutions(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const run = (
    id: string,
    command: readonly string[],
    options: Partial<ExecOptions> = {},
  ): Promise<ExecResult> => engine().execute(id, { command, timeoutMs: 10_000, ...options });
  const text = ({ stdout }: ExecResult) => stdout.toString();

  describe('a program that is run inside', () => {
    it('gives its code and both streams', async () => {
      const id = await yard().start();
      const ran = await run(id, ['sh', '-c', 'echo out; echo err >&2; exit 7']);
      expect(ran).toMatchObject({ exitCode: 7, truncated: false });
      expect([text(ran), ran.stderr.toString()]).toEqual(['out\n', 'err\n']);
      expect((await engine().inspectContainer(id)).status).toBe('running');
    });

    it('has the environment of its container and its own', async () => {
      const id = await yard().start({ Env: ['HERS=1'] });
      const lines = text(await run(id, ['env'], { env: { MINE: 'a b=c' } })).split('\n');
      expect(lines).toEqual(expect.arrayContaining(['HERS=1', 'MINE=a b=c']));
    });

    it('runs as the user and in the folder that are said', async () => {
      const id = await yard().start();
      expect(text(await run(id, ['id', '-u']))).toBe('0\n');
      expect(text(await run(id, ['id', '-u'], { user: '1234' }))).toBe('1234\n');
      expect(text(await run(id, ['sh', '-c', 'pwd'], { workdir: '/etc' }))).toBe('/etc\n');
    });

    it('reads what it is given, and then the end', async () => {
      const id = await yard().start();
      const stdin = Buffer.alloc(300_000, 'a line\n');
      expect((await run(id, ['cat'], { stdin })).stdout.equals(stdin)).toBe(true);
      expect(text(await run(id, ['cat'], { stdin: Buffer.alloc(0) }))).toBe('');
      expect(text(await run(id, ['cat']))).toBe('');
    });

    it('may end without having read what it is given', async () => {
      const id = await yard().start();
      expect(await run(id, ['true'], { stdin: Buffer.alloc(4 * MIB) })).toMatchObject({ exitCode: 0 });
    });

    it('of its output only the beginning is kept when it is too much', async () => {
      const id = await yard().start();
      const ran = await run(id, ['seq', '1', '1000'], { maxBytes: 10 });
      expect(ran).toMatchObject({ exitCode: 0, truncated: true });
      expect(text(ran)).toBe('1\n2\n3\n4\n5\n');
      const all = await run(id, ['seq', '1', '5'], { maxBytes: 10 });
      expect(all).toMatchObject({ truncated: false });
    });

    it('is refused when it cannot be started', async () => {
      const id = await yard().start();
      await expectRefusal(run(id, ['no-such-command']), 'VALIDATION');
      await expectRefusal(run(id, []), 'VALIDATION');
      expect(await run(id, ['sh', '-c', 'no-such-command'])).toMatchObject({ exitCode: 127 });
    });

    it('is refused in a container that does not run or is paused', async () => {
      const id = await yard().create();
      await expectRefusal(run(id, ['true']), 'CONFLICT');
      await engine().startContainer(id);
      await engine().pauseContainer(id);
      await expectRefusal(run(id, ['true']), 'CONFLICT');
    });

    it('past its time is refused, and ended with what it has started', async () => {
      const id = await yard().start();
      const began = Date.now();
      await expectRefusal(
        run(id, ['sh', '-c', 'echo begun; sleep 4321; echo over'], { timeoutMs: 500 }),
        'OPERATION_TIMEOUT',
      );
      expect(Date.now() - began).toBeLessThan(5000);
      const commands = async () => (await engine().processes(id)).rows.map((row) => row.at(-1));
      await expect.poll(commands, PATIENCE).toEqual(['sleep 1000']);
    });

    it('is ended by its signal', async () => {
      const id = await yard().start();
      const person = new AbortController();
      const going = run(id, ['sleep', '4321'], { signal: person.signal });
      const commands = async () => (await engine().processes(id)).rows.map((row) => row.at(-1));
      await expect.poll(commands, PATIENCE).toContain('sleep 4321');
      person.abort();
      await expectRefusal(going, 'CANCELLED');
      await expect.poll(commands, PATIENCE).toEqual(['sleep 1000']);
    });

    it('ends with its container', async () => {
      const id = await yard().start();
      const going = run(id, ['sleep', '4321']);
      await expect.poll(async () => (await engine().processes(id)).rows, PATIENCE).toHaveLength(2);
      await engine().killContainer(id, 'SIGKILL');
      expect(await going).toMatchObject({ exitCode: 137 });
    });

    it('tells when it is made, begins and ends, without its command line', async () => {
      const id = await yard().start();
      const events = await listen(engine());
      await run(id, ['sh', '-c', 'exit 3']);
      await expect
        .poll(() => actionsOf(events.seen, id), PATIENCE)
        .toEqual(['exec_create', 'exec_start', 'exec_die']);
      const [, , die] = (await events.end()).filter((event) => event.id === id);
      expect(die?.attributes).toMatchObject({ exitCode: '3' });
    });
  });

  describe('the processes of a container', () => {
    it('are named with their command lines, also while it is paused', async () => {
      const id = await yard().start();
      const { titles, rows } = await engine().processes(id);
      expect(titles).toEqual(expect.arrayContaining(['PID', 'CMD']));
      expect(rows.map((row) => row[titles.indexOf('CMD')])).toEqual(['sleep 1000']);
      await engine().pauseContainer(id);
      expect((await engine().processes(id)).rows).toHaveLength(1);
    });

    it('are refused of one that does not run', async () => {
      await expectRefusal(engine().processes(await yard().create()), 'CONFLICT');
      await expectRefusal(engine().processes(await yard().finished('exit 0')), 'CONFLICT');
    });
  });

  it('a container that has touched nothing has no changes', async () => {
    expect(await engine().changes(await yard().create())).toEqual([]);
  });
}
