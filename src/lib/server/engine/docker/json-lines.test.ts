import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonLines } from './json-lines.ts';

async function read(...parts: readonly (Buffer | string)[]): Promise<unknown[]> {
  async function* source(): AsyncGenerator<Buffer> {
    for (const part of parts) yield await Promise.resolve(Buffer.from(part));
  }
  const values: unknown[] = [];
  for await (const value of jsonLines(source())) values.push(value);
  return values;
}

it('gives one value for each line, also of lines that end in CR LF or are empty', async () => {
  expect(await read('{"a":1}\r\n\n  \n{"b":2}\n')).toEqual([{ a: 1 }, { b: 2 }]);
});

it('drops half a line at the end: the stream broke in it', async () => {
  expect(await read('{"a":1}\n{"b":')).toEqual([{ a: 1 }]);
  expect(await read('{"a":1}\n{"b":2}')).toEqual([{ a: 1 }]);
});

it('passes over what is no object', async () => {
  expect(await read('1\nnull\n"text"\n{"a":1}\n')).toEqual([{ a: 1 }]);
});

it('throws on rubbish', async () => {
  await expect(read('{"a":1}\nrubbish\n')).rejects.toThrow(SyntaxError);
});

it('gives any values in any chunks as they were', async () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'ö', '€', '🦊', '\n', '"', '\\', '\0'),
    maxLength: 12,
  });
  const values = fc.array(fc.record({ text, list: fc.array(text, { maxLength: 2 }) }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(values, fc.integer({ min: 1, max: 30 }), async (wanted, size) => {
      const bytes = Buffer.from(wanted.map((each) => `${JSON.stringify(each)}\n`).join(''));
      const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      );
      expect(await read(...parts)).toEqual(wanted);
    }),
  );
});
