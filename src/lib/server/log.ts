import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Our own log: one JSON line each, on standard output. What is secret by its name is never written. */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
    redact: {
      paths: [
        'password',
        'token',
        '*.password',
        '*.token',
        '*.cookie',
        '*.authorization',
        'headers.cookie',
        'headers.authorization',
      ],
      censor: '[hidden]',
    },
  });
}
