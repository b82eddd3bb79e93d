import { expect, it, onTestFinished, vi } from 'vitest';
import { settled, useDrivenTime } from '../testing/driven-time.ts';
import { LogTail } from './log-tail.ts';
import { TailBoard } from './tail-board.ts';
import { ScriptedLog } from './testing/scripted-log.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

function make() {
  const board = new TailBoard();
  onTestFinished(() => {
    board.close();
  });
  const opened: ScriptedLog[] = [];
  const open = () => {
    const log = new ScriptedLog();
    opened.push(log);
    return new LogTail({ open: log.open, isRunning: log.isRunning });
  };
  return { board, open, opened };
}

it('opens one tail for an agent, however often it is told to', () => {
  const { board, open, opened } = make();
  board.follow('a1', open);
  board.follow('a1', open);
  board.follow('a2', open);
  expect(opened).toHaveLength(2);
  expect(board.get('a1')).not.toBe(board.get('a2'));
  expect(board.get('a3')).toBeUndefined();
});

it('opens another when the first has ended, and tells who waits', async () => {
  const { board, open, opened } = make();
  board.follow('a1', open);
  const first = board.get('a1');
  const told: LogTail[] = [];
  const stop = board.onNew('a1', (tail) => told.push(tail));
  await settled();
  const [log] = opened;
  if (log !== undefined) log.running = false;
  log?.end();
  await first?.done;
  board.follow('a1', open);
  expect(board.get('a1')).not.toBe(first);
  expect(told).toEqual([board.get('a1')]);
  stop();
  board.drop('a1');
  board.follow('a1', open);
  expect(told).toHaveLength(1);
});

it('tells who waits before there is any', () => {
  const { board, open } = make();
  const told: LogTail[] = [];
  board.onNew('a1', (tail) => told.push(tail));
  board.follow('a2', open);
  expect(told).toEqual([]);
  board.follow('a1', open);
  expect(told).toEqual([board.get('a1')]);
});

it('closes the upstream of what it drops, and of all at its end', async () => {
  const { board, open, opened } = make();
  for (const id of ['a1', 'a2', 'a3']) board.follow(id, open);
  await settled();
  const over = () => opened.map((log) => log.asked[0]?.signal.aborted);
  board.drop('a1');
  expect(over()).toEqual([true, false, false]);
  expect(board.get('a1')).toBeUndefined();
  board.close();
  expect(over()).toEqual([true, true, true]);
});
