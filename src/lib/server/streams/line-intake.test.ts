import { describe, expect, it } from 'vitest';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { LineIntake } from './line-intake.ts';
import type { RawLine } from './lines.ts';
import { timeAt } from './testing/scripted-log.ts';

const raw = (n: number): RawLine => ({ time: timeAt(n * 1_000), stream: 'stdout', text: String(n) });
const words = (lines: readonly LogLine[]) =>
  lines.map((line) => (line.gap === undefined ? line.text : 'gap'));

/** One reading of lines from the time on that the intake asks for. */
function read(intake: LineIntake, ...numbers: readonly number[]) {
  const taken = { shown: [] as LogLine[], kept: [] as LogLine[] };
  const since = intake.begin();
  for (const n of numbers) if (since === null || raw(n).time >= since) intake.take(raw(n), taken);
  return { shown: words(taken.shown), kept: words(taken.kept), taken };
}

const point = (n: number) => ({
  since: raw(n).time,
  streams: [{ stream: 'stdout' as const, time: raw(n).time, count: 1 }],
});
const resumeAt = (intake: LineIntake, n: number, seq: number) => {
  intake.resume({ point: point(n), seq, recent: [] });
};

describe('where the archive and those who look are at the same line', () => {
  it('new lines go to both, with the same numbers', () => {
    const intake = new LineIntake();
    resumeAt(intake, 2, 5);
    const { shown, kept, taken } = read(intake, 1, 2, 3, 4);
    expect(shown).toEqual(['3', '4']);
    expect(kept).toEqual(['3', '4']);
    expect(taken.shown).toEqual(taken.kept);
    expect(taken.shown[0]?.seq).toBeGreaterThan(5);
  });

  it('lines go to those who look alone while nothing is archived', () => {
    expect(read(new LineIntake(), 1, 2)).toMatchObject({ shown: ['1', '2'], kept: [] });
  });
});

describe('where the archive is behind', () => {
  it('it gets what it missed, and nobody else sees that again; the numbers are those that were shown', () => {
    const intake = new LineIntake();
    resumeAt(intake, 1, 1);
    const before = read(intake, 1, 2, 3, 4);
    intake.interrupt();
    const alone = read(intake, 4, 5);
    expect(alone).toMatchObject({ shown: ['5'], kept: [] });
    resumeAt(intake, 2, before.taken.kept[0]?.seq ?? 0);
    const after = read(intake, 1, 2, 3, 4, 5, 6);
    expect(after).toMatchObject({ shown: ['6'], kept: ['3', '4', '5', '6'] });
    const shownBefore = [...before.taken.shown.slice(1), ...alone.taken.shown];
    expect(after.taken.kept.slice(0, 3)).toEqual(shownBefore);
    expect(read(intake, 6, 7)).toMatchObject({ shown: ['7'], kept: ['7'] });
  });

  it('it gets a mark where the engine no longer has what it missed, and those who saw the lines do not', () => {
    const intake = new LineIntake();
    resumeAt(intake, 1, 1);
    read(intake, 1, 2, 3, 4, 5);
    resumeAt(intake, 2, 10);
    expect(read(intake, 4, 5, 6)).toMatchObject({ shown: ['6'], kept: ['gap', '4', '5', '6'] });
  });
});

describe('a mark of a gap', () => {
  it('stands where the engine does not give the last line again, with the times around it', () => {
    const intake = new LineIntake();
    resumeAt(intake, 2, 5);
    const { shown, kept, taken } = read(intake, 7, 8);
    expect(shown).toEqual(['gap', '7', '8']);
    expect(kept).toEqual(shown);
    expect(taken.shown[0]).toMatchObject({ gap: { from: raw(2).time, to: raw(7).time }, text: '' });
    expect(taken.shown[1]?.seq).toBeGreaterThan(taken.shown[0]?.seq ?? Infinity);
  });

  it('does not stand where nothing came, or where nothing was known', () => {
    const intake = new LineIntake();
    resumeAt(intake, 2, 5);
    expect(read(intake).shown).toEqual([]);
    expect(read(intake, 2, 3).shown).toEqual(['3']);
    expect(read(new LineIntake(), 9).shown).toEqual(['9']);
  });
});
