import type { LogOptions } from '../engine.ts';
import { formatNano, parseNano, type Stamps } from './clock.ts';

type Stream = 'stdout' | 'stderr';

export interface OutputEntry {
  readonly nano: bigint;
  readonly stream: Stream;
  readonly bytes: Buffer;
}

/** The engine reads a container's output in pieces of this size: longer lines become several entries with one timestamp. */
const PIECE = 16_384;
const NEWLINE = 10;

interface Unfinished {
  readonly bytes: Buffer;
  /** Set when pieces of this line were written already: the rest carries the same time. */
  readonly nano: bigint | null;
}
const NOTHING: Unfinished = { bytes: Buffer.alloc(0), nano: null };

/** A container's json-file log: what was written stays over restarts; half a line is kept back until it ends or its process does. */
export class OutputLog {
  readonly #stamps: Stamps;
  readonly #entries: OutputEntry[] = [];
  readonly #listeners = new Set<(entry: OutputEntry) => void>();
  readonly #unfinished: Record<Stream, Unfinished> = { stdout: NOTHING, stderr: NOTHING };

  constructor(stamps: Stamps) {
    this.#stamps = stamps;
  }

  write(stream: Stream, bytes: Buffer): void {
    let { bytes: rest, nano } = this.#unfinished[stream];
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const end = rest.indexOf(NEWLINE);
      const whole = end !== -1 && end < PIECE;
      if (!whole && rest.length < PIECE) break;
      const length = whole ? end + 1 : PIECE;
      nano ??= this.#stamps.next();
      this.#add({ nano, stream, bytes: rest.subarray(0, length) });
      rest = rest.subarray(length);
      if (whole) nano = null;
    }
    this.#unfinished[stream] = { bytes: rest, nano };
  }

  /**
   * The process ended: a last line without a newline is written as it is. Whoever follows does not get it: the real engine loses the race
   * against its own closing of the file about every second time. It is there when the log is read again.
   */
  flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const { bytes, nano } = this.#unfinished[stream];
      if (bytes.length > 0) this.#entries.push({ nano: nano ?? this.#stamps.next(), stream, bytes });
      this.#unfinished[stream] = NOTHING;
    }
  }

  /** As the engine does it: first the newest `tail` entries, then of these what lies between the times, both inclusive. */
  read(options: Pick<LogOptions, 'tail' | 'since' | 'until'>): readonly OutputEntry[] {
    const newest =
      options.tail === null ? this.#entries : options.tail === 0 ? [] : this.#entries.slice(-options.tail);
    const since = options.since === null ? null : parseNano(options.since);
    const until = typeof options.until === 'string' ? parseNano(options.until) : null;
    return newest.filter(
      ({ nano }) => (since === null || nano >= since) && (until === null || nano <= until),
    );
  }

  listen(listener: (entry: OutputEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #add(entry: OutputEntry): void {
    this.#entries.push(entry);
    for (const listener of this.#listeners) listener(entry);
  }
}

/** An entry with its time in front, as `timestamps=1` gives it. */
export function stamped(entry: OutputEntry): Buffer {
  return Buffer.concat([Buffer.from(`${formatNano(entry.nano)} `), entry.bytes]);
}
