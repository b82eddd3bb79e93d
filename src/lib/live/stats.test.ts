import { expect, it } from 'vitest';
import type { StatsSample } from '#lib/protocol/views.ts';
import type { Line } from './socket.svelte.ts';
import { Stats } from './stats.svelte.ts';

const samples = (from: number, to: number): StatsSample[] =>
  Array.from({ length: to - from + 1 }, (_, n) => ({
    at: from + n,
    cpu: 1,
    memory: 2,
    memoryLimit: 3,
    netRx: null,
    netTx: null,
    blockRead: null,
    blockWrite: null,
    throttled: null,
    pids: 1,
  }));

function follow(first: readonly StatsSample[]) {
  const stats = new Stats(first);
  let send: (news: readonly StatsSample[]) => void = () => undefined;
  const connection: Pick<Line, 'followStats'> = {
    followStats: (_agentId, listener) => {
      send = listener;
      return () => undefined;
    },
  };
  Reflect.apply(stats.follow.bind(stats), undefined, [connection, 'a']);
  return { stats, send: (news: readonly StatsSample[]) => send(news) };
}

it('samples are added in order, none of them twice', () => {
  const { stats, send } = follow(samples(1, 3));
  send(samples(2, 5));
  send(samples(4, 4));
  expect(stats.samples.map((sample) => sample.at)).toEqual([1, 2, 3, 4, 5]);
});

it('no more than 15 minutes of them are kept', () => {
  const { stats, send } = follow([]);
  send(samples(1, 1000));
  expect(stats.samples).toHaveLength(900);
  expect(stats.samples.at(-1)?.at).toBe(1000);
});

it('nothing new changes nothing', () => {
  const { stats, send } = follow(samples(1, 3));
  const before = stats.samples;
  send(samples(1, 3));
  expect(stats.samples).toBe(before);
});
