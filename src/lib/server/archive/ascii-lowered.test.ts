import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asciiLowered } from './ascii-lowered.ts';

it('makes A to Z small and leaves every other byte as it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      const expected = bytes.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));
      expect([...asciiLowered(Buffer.from(bytes))]).toEqual([...expected]);
    }),
    { numRuns: 2_000 },
  );
});

it('leaves what it is given as it is', () => {
  const bytes = Buffer.from('ABC');
  expect(asciiLowered(bytes).toString()).toBe('abc');
  expect(bytes.toString()).toBe('ABC');
});
