/** How a reader likes logs, kept in the browser. What cannot be read or kept is no reason for anything to fail. */
import { LOG_LEVELS, type LogLevel } from '#lib/domain/log-level.ts';
import { TIME_MODES, type TimeMode } from './log-entry.ts';

export interface LogChoices {
  readonly wrap: boolean;
  readonly time: TimeMode;
  readonly levels: readonly LogLevel[];
}

const KEY = 'slipway.log';
const NONE: LogChoices = { wrap: false, time: 'local', levels: [] };

export function readChoices(storage: Pick<Storage, 'getItem'>): LogChoices {
  let value: unknown;
  try {
    value = JSON.parse(storage.getItem(KEY) ?? 'null');
  } catch {
    return NONE;
  }
  if (typeof value !== 'object' || value === null) return NONE;
  const levels: unknown = Reflect.get(value, 'levels');
  return {
    wrap: Reflect.get(value, 'wrap') === true,
    time: TIME_MODES.find((mode) => mode === Reflect.get(value, 'time')) ?? NONE.time,
    levels: Array.isArray(levels) ? LOG_LEVELS.filter((level) => levels.includes(level)) : [],
  };
}

export function keepChoices(storage: Pick<Storage, 'setItem'>, choices: LogChoices): void {
  try {
    storage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // a browser that keeps nothing
  }
}
