import { expect, it } from 'vitest';
import { tidied } from './tidied.ts';

const PIECE_BYTES = 64 * 1024;

async function* pieces(count: number): AsyncGenerator<Buffer> {
  for (let number = 0; number < count; number += 1) {
    yield Buffer.from(new ArrayBuffer(PIECE_BYTES)).fill(number % 256);
    await Promise.resolve();
  }
}

it('gives the pieces as they are and in order', async () => {
  const given: number[] = [];
  for await (const piece of tidied(pieces(300))) {
    expect(piece).toHaveLength(PIECE_BYTES);
    given.push(piece[0] ?? -1);
  }
  expect(given).toEqual(Array.from({ length: 300 }, (_, number) => number % 256));
});

it('holds no more than a few of them, however many went by', async () => {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for await (const _ of tidied(pieces(4_000)))
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  // 250 MB went by
  expect(most).toBeLessThan(32 * 1024 * 1024);
});

it('leaves no function to collect garbage in the global scope', async () => {
  for await (const _ of tidied(pieces(200)));
  expect(Reflect.get(globalThis, 'gc')).toBeUndefined();
});
