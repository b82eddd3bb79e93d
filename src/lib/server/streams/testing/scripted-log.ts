/** A container's log as the engine keeps and follows it, moved by a test: `since` is inclusive, `tail` counts lines. */
import { PassThrough } from 'node:stream';
import type { LogFrame, LogOptions } from '../../engine/engine.ts';
import type { LogReader, OpenLog } from '../log-tail.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';

interface Written {
  readonly time: string;
  readonly frame: LogFrame;
}

/** A time of the engine, `nanos` after noon. */
export function timeAt(nanos: number): string {
  const seconds = String(Math.floor(nanos / 1e9)).padStart(2, '0');
  return `2026-03-01T12:00:${seconds}.${String(nanos % 1e9).padStart(9, '0')}Z`;
}

export class ScriptedLog {
  readonly asked: LogOptions[] = [];
  /** While true, nothing can be opened. */
  away = false;
  /** What an inspection would say. */
  running: boolean | null = true;
  readonly #written: Written[] = [];
  readonly #follows = new Set<PassThrough>();

  readonly isRunning = (): Promise<boolean | null> => Promise.resolve(this.running);

  readonly open: OpenLog = (options) => {
    this.asked.push(options);
    if (this.away) throw new Error('the engine is away');
    const { since, tail, follow, signal } = options;
    const past = this.#written.filter((each) => since === null || each.time >= since);
    const stream = new PassThrough({ objectMode: true, highWaterMark: 20_000 });
    for (const each of tail === null ? past : past.slice(-tail)) stream.write(each.frame);
    if (!follow) return stream.end();
    this.#follows.add(stream);
    signal.addEventListener('abort', () => stream.end());
    return stream;
  };

  /** How many follow at this moment. */
  get followers(): number {
    return this.#follows.size;
  }

  /** A line, kept and sent to who follows. */
  write(nanos: number, text: string, stream: LogFrame['stream'] = 'stdout'): void {
    const written = this.keep(nanos, text, stream);
    for (const follow of this.#follows) follow.write(written.frame);
  }

  /** A line that who follows does not get to see; `end` is empty for one without a newline. */
  keep(nanos: number, text: string, stream: LogFrame['stream'] = 'stdout', end = '\n'): Written {
    const time = timeAt(nanos);
    const written = { time, frame: { stream, bytes: Buffer.from(`${time} ${text}${end}`) } };
    this.#written.push(written);
    return written;
  }

  /** What was kept is rotated away. */
  forget(): void {
    this.#written.length = 0;
  }

  /** The connection breaks. */
  break(): void {
    for (const follow of this.#follows) follow.destroy(new Error('socket hang up'));
    this.#follows.clear();
  }

  /** The stream closes as it does when the container ends. */
  end(): void {
    for (const follow of this.#follows) follow.end();
    this.#follows.clear();
  }
}

/** A reader that writes down what it is told: batches and states, in their order. */
export class NotingReader implements LogReader {
  readonly weight: LogReader['weight'];
  readonly batches: LogLine[][] = [];
  readonly heard: string[] = [];

  constructor(weight: LogReader['weight'] = 'full') {
    this.weight = weight;
  }

  lines(lines: readonly LogLine[]): void {
    this.batches.push([...lines]);
    this.heard.push(...lines.map((line) => line.text));
  }

  state(state: 'live' | 'waiting' | 'ended'): void {
    this.heard.push(`(${state})`);
  }

  /** The words of all lines. */
  get texts(): readonly string[] {
    return this.batches.flat().map((line) => line.text);
  }
}
