/** Two bodies, or two answers of inspect, in one form that compares: what says nothing is dropped, what has no order is sorted. */
import { capabilityName } from '../isolation.ts';
import { field, text } from './engine-socket.ts';

/** What only `docker create` says: an attached terminal, which a detached agent does not have (`docker run -d` clears it too). */
const ATTACHED = new Set(['AttachStdin', 'AttachStdout', 'AttachStderr', 'StdinOnce', 'ConsoleSize']);
/** The CLI or the engine keeps these in a map of Go, whose order is of chance. */
const UNORDERED = new Set(['Env', 'Binds', 'Links']);
/** Zero or empty here is not "nothing said". */
const MEANT = new Set(['Init', 'StopTimeout', 'MaskedPaths', 'ReadonlyPaths']);
/** Keys with empty objects behind them. */
const SETS = new Set(['ExposedPorts', 'Volumes']);

export function comparable(body: unknown): string {
  return JSON.stringify(reduce(body));
}

function reduce(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reduce);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !ATTACHED.has(key))
    .map(([key, each]) => [key, reduceKey(key, each)] as const)
    .filter(
      ([key, each]) => (MEANT.has(key) && each !== null && each !== undefined) || !saysNothing(key, each),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

function reduceKey(key: string, value: unknown): unknown {
  if (SETS.has(key) && typeof value === 'object' && value !== null) return Object.keys(value).sort();
  // a CLI before 28 sends capabilities as they were written
  if (/^Cap(?:Add|Drop)$/.test(key) && Array.isArray(value))
    return [...new Set(value.map((name) => capabilityName(String(name))))].sort();
  if (UNORDERED.has(key) && Array.isArray(value)) return value.map(String).sort();
  // a map of people's own keys: an empty value says something there
  if (key === 'Labels' && typeof value === 'object' && value !== null) return Object.entries(value).sort();
  return reduce(value);
}

function saysNothing(key: string, value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === 0 || value === false) return true;
  if (key === 'MemorySwappiness') return value === -1;
  if (key === 'NetworkMode') return value === 'default';
  if (key === 'RestartPolicy') return field(value, 'Name') === 'no' || field(value, 'Name') === undefined;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Generated, or of the engine and not of the config: left out. */
const VOLATILE = new Set([
  'EndpointID',
  'NetworkID',
  'Gateway',
  'IPAddress',
  'IPPrefixLen',
  'IPv6Gateway',
  'GlobalIPv6Address',
  'GlobalIPv6PrefixLen',
  'DNSNames',
]);

/** Config, HostConfig and the endpoints of NetworkSettings. */
export function comparableInspect(answer: unknown): string {
  const id = text(field(answer, 'Id')).slice(0, 12);
  const endpoints = entriesOf(field(answer, 'NetworkSettings', 'Networks')).map(([name, endpoint]) => {
    const kept = entriesOf(endpoint).filter(([key]) => !VOLATILE.has(key));
    return [name, Object.fromEntries(kept)] as const;
  });
  const said = {
    Config: field(answer, 'Config'),
    HostConfig: field(answer, 'HostConfig'),
    Networks: Object.fromEntries(endpoints),
  };
  // the engine's own host name is the short id; links carry the container's name
  return comparable(said)
    .replaceAll(id, '<id>')
    .replaceAll(`:${text(field(answer, 'Name'))}/`, ':<name>/');
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
