/** What an address asks of a log. Pure. */
import { LOG_LEVELS, type LogLevel } from '#lib/domain/log-level.ts';
import { FIND_MODES, type FindMode } from './log-filter.ts';

export interface LogWanted {
  readonly text: string;
  readonly mode: FindMode;
  readonly levels: readonly LogLevel[];
  /** The number of a line to open at. */
  readonly line?: number;
  /** A time to open at: the first line from then on. */
  readonly at?: string;
}

/** `?q=…&mode=only&level=warn&level=error&line=…&at=…`; what cannot be read is not asked for. */
export function wantedOf(query: URLSearchParams): LogWanted {
  const line = query.get('line') ?? '';
  const at = query.get('at');
  return {
    text: query.get('q') ?? '',
    mode: FIND_MODES.find((mode) => mode === query.get('mode')) ?? 'find',
    levels: LOG_LEVELS.filter((level) => query.getAll('level').includes(level)),
    ...(/^\d{1,16}$/.test(line) ? { line: Number(line) } : {}),
    ...(at !== null && !Number.isNaN(Date.parse(at)) ? { at: new Date(at).toISOString() } : {}),
  };
}
