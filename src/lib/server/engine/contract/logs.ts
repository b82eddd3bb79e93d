import { describe, expect, it } from 'vitest';
import type { Engine, LogFrame } from '../engine.ts';
import { PATIENCE, STAMP, collect, read, stampOf, textOf, type Yard } from './yard.ts';

const PIECE = 16_384;

export function describeLogs(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const follow = (id: string) =>
    collect<LogFrame>((signal) => engine().logs(id, { follow: true, tail: null, since: null, signal }));

  describe('the log of a container', () => {
    it('tells stdout from stderr, each line with its time in front', async () => {
      const id = await yard().finished('echo one; echo two >&2; echo three');
      const frames = await read(engine(), id);
      const lines = (wanted: string) => textOf(frames.filter(({ stream }) => stream === wanted));
      expect([lines('stdout'), lines('stderr')]).toEqual(['one\nthree\n', 'two\n']);
      for (const frame of frames) expect(frame.bytes.toString()).toMatch(STAMP);
    });

    it('with a terminal there is one stream, and lines end as a terminal ends them', async () => {
      const id = await yard().finished('echo one; echo two >&2', { Tty: true });
      const frames = await read(engine(), id);
      const all = Buffer.concat(frames.map(({ bytes }) => bytes)).toString();
      expect(frames.every(({ stream }) => stream === 'stdout')).toBe(true);
      expect(all.replaceAll(new RegExp(STAMP.source.slice(1), 'gm'), '')).toBe('one\r\ntwo\r\n');
    });

    it('is empty for one that never ran, and a follow of it ends at once', async () => {
      const id = await yard().create();
      expect(await read(engine(), id)).toEqual([]);
      expect(await read(engine(), id, { follow: true })).toEqual([]);
    });

    it('keeps what was written over a restart', async () => {
      const id = await yard().finished('echo run');
      await engine().startContainer(id);
      await expect.poll(async () => textOf(await read(engine(), id)), PATIENCE).toBe('run\nrun\n');
    });

    it('follow gives what was and what comes, and ends with the run', async () => {
      const id = await yard().start({
        Cmd: ['sh', '-c', 'echo one; sleep 1; echo two; sleep 0.3; echo three'],
      });
      const stream = follow(id);
      await expect.poll(() => textOf(stream.seen), PATIENCE).toBe('one\n');
      await stream.done;
      expect(textOf(stream.seen)).toBe('one\ntwo\nthree\n');
    });

    it('a last line without its newline is there when the run has ended, but a follow may miss it', async () => {
      const id = await yard().start({ Cmd: ['sh', '-c', 'echo whole; printf half; sleep 1'] });
      const stream = follow(id);
      await expect.poll(() => textOf(stream.seen), PATIENCE).toBe('whole\n');
      await stream.done;
      expect(textOf(stream.seen)).toMatch(/^whole\n(?:half)?$/);
      expect(textOf(await read(engine(), id))).toBe('whole\nhalf');
    });

    it('follow ends by its signal, without an error', async () => {
      const id = await yard().start({ Cmd: ['sh', '-c', 'echo one; sleep 1000'] });
      const stream = follow(id);
      await expect.poll(() => textOf(stream.seen), PATIENCE).toBe('one\n');
      expect(textOf(await stream.end())).toBe('one\n');
    });

    it('a signal that has ended already gives nothing, without an error', async () => {
      const id = await yard().finished('echo one');
      expect(await read(engine(), id, { signal: AbortSignal.abort() })).toEqual([]);
    });

    it('follow ends when the container is removed', async () => {
      const id = await yard().start({ Cmd: ['sh', '-c', 'echo one; sleep 1000'] });
      const stream = follow(id);
      await expect.poll(() => textOf(stream.seen), PATIENCE).toBe('one\n');
      await engine().removeContainer(id, { force: true });
      await stream.done;
    });

    it('since is inclusive, until too', async () => {
      const id = await yard().finished('echo one; sleep 0.05; echo two; sleep 0.05; echo three');
      const [, second] = await read(engine(), id);
      const at = stampOf(second);
      expect(textOf(await read(engine(), id, { since: at }))).toBe('two\nthree\n');
      expect(textOf(await read(engine(), id, { until: at }))).toBe('one\ntwo\n');
      expect(textOf(await read(engine(), id, { since: at, until: at }))).toBe('two\n');
    });

    it('tail gives the newest, none for 0, all when there are fewer', async () => {
      const id = await yard().finished('seq 1 20');
      expect(textOf(await read(engine(), id, { tail: 2 }))).toBe('19\n20\n');
      expect(await read(engine(), id, { tail: 0 })).toEqual([]);
      expect(await read(engine(), id, { tail: 100 })).toHaveLength(20);
    });

    it('tail is counted before since and until are looked at', async () => {
      const id = await yard().finished('echo one; sleep 0.05; echo two');
      const [first] = await read(engine(), id);
      expect(await read(engine(), id, { tail: 1, until: stampOf(first) })).toEqual([]);
    });

    it('a line over 16 KiB comes in pieces with one time, only the last with its newline', async () => {
      const id = await yard().finished("printf '%040000d\\n' 7; echo after");
      const frames = await read(engine(), id);
      const [first, second, third, after] = frames;
      expect(new Set([first, second, third].map((frame) => stampOf(frame))).size).toBe(1);
      expect(
        [first, second, third].map((frame) => textOf(frame === undefined ? [] : [frame]).length),
      ).toEqual([PIECE, PIECE, 40_001 - 2 * PIECE]);
      expect(textOf(after === undefined ? [] : [after])).toBe('after\n');
      expect(textOf(frames)).toBe(`${'7'.padStart(40_000, '0')}\nafter\n`);
    });

    it('a line of exactly 16 KiB has its newline in a piece of its own', async () => {
      const id = await yard().finished("printf '%016384d\\n' 7");
      const lengths = (await read(engine(), id)).map((frame) => textOf([frame]).length);
      expect(lengths).toEqual([PIECE, 1]);
    });
  });
}
