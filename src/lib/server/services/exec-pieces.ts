/** Output of a program as text, and as base64 where it is none. */
import { isUtf8 } from 'node:buffer';
import type { LogFrame } from '../engine/engine.ts';

/** One line of a streamed answer. */
export type ExecPiece =
  | { readonly stdout: string }
  | { readonly stderr: string }
  | { readonly stdoutBase64: string }
  | { readonly stderrBase64: string };

const LONGEST_CHARACTER = 4;

export class ExecPieces {
  readonly #rest = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

  /** What can be said now; the beginning of a character waits for its end. */
  take({ stream, bytes }: LogFrame): readonly ExecPiece[] {
    const all = Buffer.concat([this.#rest[stream], bytes]);
    const whole = all.length - unfinished(all);
    this.#rest[stream] = Buffer.from(all.subarray(whole));
    return whole === 0 ? [] : [piece(stream, all.subarray(0, whole))];
  }

  /** What is left at the end. */
  end(): readonly ExecPiece[] {
    return (['stdout', 'stderr'] as const).flatMap((stream) =>
      this.#rest[stream].length === 0 ? [] : [piece(stream, this.#rest[stream])],
    );
  }
}

function piece(stream: LogFrame['stream'], bytes: Buffer): ExecPiece {
  if (isUtf8(bytes)) {
    const text = bytes.toString();
    return stream === 'stdout' ? { stdout: text } : { stderr: text };
  }
  const base64 = bytes.toString('base64');
  return stream === 'stdout' ? { stdoutBase64: base64 } : { stderrBase64: base64 };
}

/** How many bytes at the end are the beginning of a character. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(LONGEST_CHARACTER - 1, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
