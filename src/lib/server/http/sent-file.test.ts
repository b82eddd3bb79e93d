import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { sentFile } from './sent-file.ts';

const CONTENT = Buffer.from(`--x\r\nlooks like\r\n--xy\r\na boundary\0${'z'.repeat(5_000)}`);

/** The same bytes in pieces of any size, so that every boundary is once cut in two. */
function request(body: Buffer, type: string, pieceBytes: number): Request {
  const pieces = Array.from({ length: Math.ceil(body.length / pieceBytes) }, (_, n) =>
    body.subarray(n * pieceBytes, (n + 1) * pieceBytes),
  );
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = pieces.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
  });
  return new Request('http://x/', {
    method: 'POST',
    body: stream,
    headers: { 'content-type': type },
    ...{ duplex: 'half' },
  });
}

const form = (parts: readonly string[], file: Buffer | null) =>
  Buffer.concat([
    Buffer.from(parts.map((part) => `--xyz\r\n${part}\r\n`).join('')),
    ...(file === null
      ? []
      : [
          Buffer.from('--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.tar"\r\n\r\n'),
          file,
          Buffer.from('\r\n'),
        ]),
    Buffer.from('--xyz--\r\n'),
  ]);
const AGENT = 'Content-Disposition: form-data; name="agent"\r\n\r\none';
const EMPTY = 'Content-Disposition: form-data; name="name"\r\n\r\n';

it('a plain body is the file', async () => {
  const { fields, content } = await sentFile(request(CONTENT, 'application/x-tar', 100));
  expect(fields).toEqual({});
  expect(await buffer(content)).toEqual(CONTENT);
});

describe.each([1, 7, 64, 100_000])('a form in pieces of %i bytes', (pieceBytes) => {
  const type = 'multipart/form-data; boundary=xyz';

  it('gives the fields before the file, and the file as it is', async () => {
    const { fields, content } = await sentFile(request(form([AGENT, EMPTY], CONTENT), type, pieceBytes));
    expect(fields).toEqual({ agent: 'one', name: '' });
    expect(await buffer(content)).toEqual(CONTENT);
  });

  it('without a file, or cut off, is refused', async () => {
    await expect(sentFile(request(form([AGENT], null), type, pieceBytes))).rejects.toMatchObject({
      code: 'VALIDATION',
    });
    const cut = form([AGENT], CONTENT).subarray(0, -40);
    const { content } = await sentFile(request(cut, type, pieceBytes));
    await expect(buffer(content)).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});
