import { tar } from '../testing/tar.ts';

/** A build context of a Dockerfile and other files, sent in two pieces. */
export async function* contextOf(
  dockerfile: readonly string[],
  files: Readonly<Record<string, string>> = {},
): AsyncGenerator<Buffer> {
  const all = Object.entries({ Dockerfile: dockerfile.join('\n'), ...files });
  const packed = tar(all.map(([path, text]) => ({ path, content: Buffer.from(text), mode: 0o644 })));
  yield* piecesOf(packed, 2);
}

/** A stream of so many pieces. */
export async function* piecesOf(bytes: Buffer, count: number): AsyncGenerator<Buffer> {
  const size = Math.ceil(bytes.length / count);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** A stream that fails after its first piece. */
export async function* failing(error: Error): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.alloc(512));
  throw error;
}
