/** What the engine sends without end: events, followed logs, readings. Each ends by its signal, without an error. */
import type Docker from 'dockerode';
import { AppError } from '#lib/domain/errors.ts';
import type { ContainerFacts, EngineEvent, LogFrame, LogOptions, RawStats } from '../engine.ts';
import { untilAborted } from './deadlines.ts';
import { demultiplex } from './frames.ts';
import { jsonLines } from './json-lines.ts';
import { bytes, open } from './requests.ts';
import { toEvent, toRawStats } from './shapes.ts';

export function eventStream(
  docker: Docker,
  { since, signal }: { readonly since?: number; readonly signal: AbortSignal },
): AsyncGenerator<EngineEvent> {
  const source = async function* () {
    const stream = await open(docker, '/events?', since === undefined ? {} : { since }, signal);
    for await (const raw of jsonLines(bytes(stream))) {
      const nano = raw['timeNano'];
      const event = toEvent(raw, typeof nano === 'number' ? BigInt(Math.round(nano)) : 0n);
      if (event !== null) yield event;
    }
    if (!signal.aborted) throw new AppError('SOCKET_ERROR', 'The engine ended its event stream');
  };
  return untilAborted('events', undefined, signal, source());
}

/** `inspect` tells whether the container has a TTY, which decides how its output is framed. */
export function logStream(
  docker: Docker,
  id: string,
  options: LogOptions,
  inspect: () => Promise<ContainerFacts>,
): AsyncGenerator<LogFrame> {
  const { follow, tail, since, until = null, signal } = options;
  const source = async function* () {
    const { tty } = await inspect();
    const query = {
      follow,
      stdout: true,
      stderr: true,
      timestamps: true,
      ...(tail === null ? {} : { tail }),
      ...(since === null ? {} : { since: engineTime(since) }),
      ...(until === null ? {} : { until: engineTime(until) }),
    };
    const stream = await open(docker, `/containers/${encodeURIComponent(id)}/logs?`, query, signal);
    yield* demultiplex(bytes(stream), tty);
  };
  return untilAborted('logs', undefined, signal, source());
}

export function statsStream(docker: Docker, id: string, signal: AbortSignal): AsyncGenerator<RawStats> {
  const source = async function* () {
    const path = `/containers/${encodeURIComponent(id)}/stats?` as const;
    for await (const raw of jsonLines(bytes(await open(docker, path, { stream: true }, signal)))) {
      const reading = toRawStats(raw);
      if (reading === null) return;
      yield reading;
    }
  };
  return untilAborted('stats', undefined, signal, source());
}

/** RFC 3339 with nanoseconds as the engine wants it in a query: seconds.nanoseconds. */
function engineTime(rfc3339: string): string {
  const seconds = Math.floor(Date.parse(rfc3339) / 1000);
  const fraction = /\.(\d{1,9})/.exec(rfc3339)?.[1] ?? '';
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}
