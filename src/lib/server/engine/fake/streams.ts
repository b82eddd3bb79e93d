import type { LogFrame, LogOptions, RawStats } from '../engine.ts';
import { parseNano, type Clock } from './clock.ts';
import type { FakeContainer } from './container.ts';
import { stamped, type OutputEntry } from './output-log.ts';
import type { Pipe } from './pipe.ts';

/** What the client library reads at once. With a terminal there are no frames: history comes in chunks that know no lines. */
const CHUNK = 32_768;
const SAMPLE_MS = 1000;

/** History, then what comes until the run ends. Returns how to stop. */
export function followLogs(container: FakeContainer, options: LogOptions, pipe: Pipe<LogFrame>): () => void {
  const { tty, history } = { tty: container.plan.Tty === true, history: container.output.read(options) };
  const frame = (entry: OutputEntry): LogFrame => ({ stream: entry.stream, bytes: stamped(entry) });
  pipe.push(...(tty ? chunks(Buffer.concat(history.map(stamped))) : history.map(frame)));
  if (!options.follow || !container.alive) {
    pipe.end();
    return () => undefined;
  }
  const until = typeof options.until === 'string' ? parseNano(options.until) : null;
  const stop = container.output.listen((entry) => {
    if (until !== null && entry.nano > until) pipe.end();
    else pipe.push(frame(entry));
  });
  // a restart ends it too: the engine opens the log anew for each run
  void container.ended.then(() => pipe.end());
  return stop;
}

function chunks(bytes: Buffer): LogFrame[] {
  const frames: LogFrame[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK)
    frames.push({ stream: 'stdout', bytes: bytes.subarray(at, at + CHUNK) });
  return frames;
}

/** A reading each second until the run ends. Returns how to stop. */
export function sampleStats(clock: Clock, container: FakeContainer, pipe: Pipe<RawStats>): () => void {
  const over = new AbortController();
  const { ended } = container;
  const sample = async () => {
    while (container.alive && ended === container.ended && !over.signal.aborted) {
      pipe.push(container.use.read());
      await Promise.race([clock.wait(SAMPLE_MS, over.signal), ended]);
    }
    over.abort();
    pipe.end();
  };
  void sample();
  return () => over.abort();
}
