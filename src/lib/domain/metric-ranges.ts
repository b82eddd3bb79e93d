/** The whiles that the pages of figures offer, and what an address says about it. Pure. */

export const RANGES = [
  { key: '15m', seconds: 900 },
  { key: '1h', seconds: 3_600 },
  { key: '6h', seconds: 21_600 },
  { key: '24h', seconds: 86_400 },
  { key: '7d', seconds: 604_800 },
  { key: '30d', seconds: 2_592_000 },
  { key: '90d', seconds: 7_776_000 },
] as const;
type RangeKey = (typeof RANGES)[number]['key'];
const USUAL: RangeKey = '1h';

export interface TimeRange {
  /** null: chosen by hand, with an end that stays. */
  readonly key: RangeKey | null;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

const SHORTEST_MS = 30_000;

/** From `?range=6h`, or `?from=` and `?to=` in ISO 8601; what cannot be read is the last hour. */
export function rangeOf(parameters: URLSearchParams, now: number): TimeRange {
  const from = Date.parse(parameters.get('from') ?? '');
  const to = Math.min(now, Date.parse(parameters.get('to') ?? ''));
  if (from < to) return { key: null, from: Math.min(from, to - SHORTEST_MS), to };
  const asked = parameters.get('range') ?? USUAL;
  const { key, seconds } = RANGES.find((each) => each.key === asked) ?? RANGES[1];
  return { key, from: now - seconds * 1000, to: now };
}

/** The address of a part of a page's time. */
export function zoomQuery(from: number, to: number): string {
  const middle = (from + to) / 2;
  const half = Math.max(SHORTEST_MS, to - from) / 2;
  const iso = (at: number) => new Date(Math.round(at)).toISOString();
  return `?from=${iso(middle - half)}&to=${iso(middle + half)}`;
}
