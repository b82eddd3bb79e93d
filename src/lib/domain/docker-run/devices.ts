/** Devices of the host: `--device`, cgroup rules, block IO limits, GPUs. */
import { readDecimal, readSize } from './amounts.ts';
import type { Device, DeviceRate, DeviceRequest } from './create-body.ts';
import { formatCsv, readCsv } from './csv.ts';
import { cleanPath, isAbsolute } from './paths.ts';
import { accept, cut, isRefused, put, readMatching, refuse, type Read, type Reader } from './read.ts';

/** r, w and m, each at most once. */
function isDeviceMode(mode: string): boolean {
  return /^(?!.*(.).*\1)[rwm]{1,3}$/.test(mode);
}

/** `vendor.com/class=name`, a device of the Container Device Interface. */
const CDI = /^[a-z](?:[\w.-]*[a-z\d])?\/[a-z](?:[\w-]*[a-z\d])?=[a-z\d](?:[\w:.-]*[a-z\d])?$/i;

export type DeviceFlag = { readonly device: Device } | { readonly cdi: string };

/** `/dev/a[:/dev/b][:rwm]`, or the name of a CDI device. */
export const readDevice: Reader<DeviceFlag> = (text) => {
  if (CDI.test(text)) return accept({ cdi: text });
  const [host = '', second, third, ...more] = text.split(':');
  if (host === '' || more.length > 0) return refuse('must be host-path[:container-path][:mode]');
  const secondIsMode = third === undefined && second !== undefined && isDeviceMode(second);
  const inside = second === undefined || secondIsMode ? host : second;
  const mode = third ?? (secondIsMode ? second : 'rwm');
  if (!isDeviceMode(mode)) return refuse(`must have a mode of r, w and m; "${mode}" is none`);
  if (!isAbsolute(inside) || !isAbsolute(host)) return refuse('must be an absolute path');
  // the CLI cleans the container's path unless all three fields are given
  const PathInContainer = third === undefined ? cleanPath(inside) : inside;
  const PathOnHost =
    inside === host && third === undefined && (second === undefined || secondIsMode) ? cleanPath(host) : host;
  return accept({ device: { PathOnHost, PathInContainer, CgroupPermissions: mode } });
};

export function formatDevice(device: Device): string {
  const paths =
    device.PathOnHost === device.PathInContainer
      ? [device.PathOnHost]
      : [device.PathOnHost, device.PathInContainer];
  return [...paths, ...(device.CgroupPermissions === 'rwm' ? [] : [device.CgroupPermissions])].join(':');
}

export const readDeviceCgroupRule = readMatching(
  /^[acb] (?:\d+|\*):(?:\d+|\*) [rwm]{1,3}$/,
  'must be a rule such as "c 1:3 mr"',
);

/** `/dev/path:<rest>` */
function readForDevice<T>(rest: Reader<T>, form: string): Reader<readonly [string, T]> {
  return (text) => {
    const [path, value] = cut(text, ':');
    if (value === null || !path.startsWith('/dev/')) return refuse(`must be ${form}`);
    const read = rest(value);
    return isRefused(read) ? refuse(`must be ${form}`) : accept([path, read.value]);
  };
}

export const readDeviceBps: Reader<DeviceRate> = (text) =>
  rate(readForDevice(readSize, '/dev/path:rate, e.g. /dev/sda:10mb')(text));
export const readDeviceIops: Reader<DeviceRate> = (text) =>
  rate(
    readForDevice(readDecimal(0, Number.MAX_SAFE_INTEGER), '/dev/path:operations, e.g. /dev/sda:1000')(text),
  );

function rate(read: Read<readonly [string, number]>): Read<DeviceRate> {
  return isRefused(read) ? read : accept({ Path: read.value[0], Rate: read.value[1] });
}

const readWeightOf = readForDevice(
  readDecimal(0, 1000),
  '/dev/path:weight with a weight from 10 to 1000, or 0',
);

export const readDeviceWeight: Reader<{ readonly Path: string; readonly Weight: number }> = (text) => {
  const read = readWeightOf(text);
  if (isRefused(read)) return read;
  const [Path, Weight] = read.value;
  return Weight > 0 && Weight < 10
    ? refuse('must have a weight from 10 to 1000, or 0')
    : accept({ Path, Weight });
};

const GPU_KEYS = ['driver', 'count', 'device', 'capabilities', 'options'] as const;

/** `all`, `2`, `device=0`, `"device=0,1"`, `driver=nvidia,"capabilities=compute,utility"`. */
export const readGpus: Reader<DeviceRequest> = (text) => {
  const fields = readCsv(text);
  if (isRefused(fields)) return fields;
  const given = new Map<string, string>();
  for (const field of fields.value) {
    const [key, value] = cut(field, '=');
    const name = value === null ? 'count' : key;
    if (given.has(name)) return refuse(`must have "${name}" once`);
    if (!GPU_KEYS.some((each) => each === name))
      return refuse(`must have fields of ${GPU_KEYS.join(', ')}; "${key}" is none`);
    given.set(name, value ?? key);
  }
  return gpuRequest(given);
};

function gpuRequest(given: ReadonlyMap<string, string>): Read<DeviceRequest> {
  const [driver, device, capabilities, options] = ['driver', 'device', 'capabilities', 'options'].map((key) =>
    given.get(key),
  );
  const countText = given.get('count');
  const count =
    countText === 'all'
      ? accept(-1)
      : readDecimal(-1, 1_000_000)(countText ?? (device === undefined ? '1' : '0'));
  if (isRefused(count)) return refuse('must give "all" or a number of GPUs');
  if (count.value !== 0 && device !== undefined) return refuse('must give a count or devices, not both');
  const pairs = options === undefined ? accept([]) : readCsv(options);
  if (isRefused(pairs)) return pairs;
  const map: Record<string, string> = {};
  for (const pair of pairs.value) put(map, cut(pair, '=')[0], cut(pair, '=')[1] ?? '');
  return accept({
    ...(driver === undefined ? {} : { Driver: driver }),
    ...(count.value === 0 ? {} : { Count: count.value }),
    ...(device === undefined ? {} : { DeviceIDs: device.split(',') }),
    Capabilities: [[...(capabilities === undefined ? [] : capabilities.split(',')), 'gpu']],
    ...(pairs.value.length === 0 ? {} : { Options: map }),
  });
}

/** The request as the value of `--gpus`; a request of CDI devices is formatted as `--device` instead. */
export function formatGpus(request: DeviceRequest): string {
  const capabilities = (request.Capabilities?.[0] ?? []).slice(0, -1);
  const options = Object.entries(request.Options ?? {}).map(([key, value]) => `${key}=${value}`);
  return formatCsv([
    ...(request.Driver ? [`driver=${request.Driver}`] : []),
    ...(request.DeviceIDs?.length
      ? [`device=${request.DeviceIDs.join(',')}`]
      : [request.Count === -1 ? 'all' : String(request.Count ?? 0)]),
    ...(capabilities.length > 0 ? [`capabilities=${capabilities.join(',')}`] : []),
    ...(options.length > 0 ? [`options=${formatCsv(options)}`] : []),
  ]);
}
