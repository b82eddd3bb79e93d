/** A recording as the player reads it: asciicast v2, of which only output and changes of size are shown. */
export interface CastEvent {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly kind: 'o' | 'r';
  readonly data: string;
}

export interface Cast {
  readonly columns: number;
  readonly rows: number;
  readonly events: readonly CastEvent[];
  readonly seconds: number;
}

/** Nobody wants to wait through a pause that is longer. Seconds. */
const LONGEST_PAUSE = 2;

/** null for what is no recording. A last line that was cut off is left out. */
export function readCast(text: string): Cast | null {
  const [first = '', ...lines] = text.split('\n');
  const header = json(first);
  if (typeof header !== 'object' || header === null || !('version' in header) || header.version !== 2)
    return null;
  const columns = 'width' in header && typeof header.width === 'number' ? header.width : 80;
  const rows = 'height' in header && typeof header.height === 'number' ? header.height : 24;
  const events: CastEvent[] = [];
  let before = 0;
  let shownAt = 0;
  for (const line of lines) {
    const event = json(line);
    if (!isList(event)) continue;
    const [at, kind, data] = event;
    if (typeof at !== 'number' || typeof data !== 'string' || (kind !== 'o' && kind !== 'r')) continue;
    shownAt += Math.min(LONGEST_PAUSE, Math.max(0, at - before));
    before = at;
    events.push({ at: shownAt, kind, data });
  }
  return { columns, rows, events, seconds: shownAt };
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
