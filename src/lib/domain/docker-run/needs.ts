/**
 * What a body reaches for beyond a plain container: each need is a right or a switch of policy that the service has to grant before it
 * creates. Needs are read from the finished body, never from the flags, so that no way of writing a thing gets around them.
 */
import { canonicalIp } from './addresses.ts';
import type { CreateBody, Mount } from './create-body.ts';
import { capabilityName, securityPair } from './isolation.ts';
import { attachmentsOf } from './apply-networks.ts';
import { cleanPath, isAbsolute } from './paths.ts';
import { bindSource } from './volumes.ts';

export type Right =
  | 'privileged' // all devices and capabilities of the host
  | 'hostNetwork'
  | 'hostPid'
  | 'hostIpc'
  | 'hostUts'
  | 'hostUserns'
  | 'hostCgroup' // the host's cgroup tree, or a place of one's own in it
  | 'engineSocket' // as much as root on the host
  | 'hostPath' // value: a path on the host, to be held against the allowed prefixes
  | 'device' // value: a device of the host, or a rule about devices
  | 'capability' // value: a capability beyond Docker's own default set
  | 'security' // value: an option that loosens or replaces a profile
  | 'otherContainer' // value: a container whose network, processes, volumes or names are shared
  | 'volumeDriver' // value: a driver, or driver options that mount what they name
  | 'oomProtection' // the kernel's choice of what to kill is moved to others
  | 'publicPort' // value: a port that is open on an address other than loopback
  | 'runtime'; // value: a runtime other than the engine's default

export interface Need {
  readonly right: Right;
  readonly value: string;
}

/** What Docker gives every container. */
const DEFAULT_CAPABILITIES = new Set(
  'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE'.split(
    ' ',
  ),
);

type Rule = (body: CreateBody) => readonly Need[];

const RULES: readonly Rule[] = [
  ({ HostConfig: host }) => [
    ...when(host.Privileged === true, 'privileged', 'true'),
    ...when(host.PidMode === 'host', 'hostPid', 'host'),
    ...when(host.IpcMode === 'host', 'hostIpc', 'host'),
    ...when(host.UTSMode === 'host', 'hostUts', 'host'),
    ...when(host.UsernsMode === 'host', 'hostUserns', 'host'),
    ...when(host.CgroupnsMode === 'host', 'hostCgroup', 'host'),
    ...when(Boolean(host.CgroupParent), 'hostCgroup', host.CgroupParent),
    ...when(Boolean(host.Runtime), 'runtime', host.Runtime),
    ...when(host.OomKillDisable === true, 'oomProtection', 'OOM killer disabled'),
    ...when((host.OomScoreAdj ?? 0) < 0, 'oomProtection', String(host.OomScoreAdj)),
  ],
  ({ HostConfig: host }) => [
    ...(host.Devices ?? []).map((device) => need('device', device.PathOnHost)),
    ...(host.DeviceCgroupRules ?? []).map((rule) => need('device', rule)),
    ...(host.DeviceRequests ?? []).flatMap((request) =>
      request.Driver === 'cdi' ? (request.DeviceIDs ?? []).map((id) => need('device', id)) : [],
    ),
    ...(host.CapAdd ?? [])
      .map(capabilityName)
      .filter((name) => !DEFAULT_CAPABILITIES.has(name))
      .map((name) => need('capability', name)),
    ...(host.SecurityOpt ?? []).filter(loosens).map((option) => need('security', option)),
    ...when(
      host.MaskedPaths?.length === 0 || host.ReadonlyPaths?.length === 0,
      'security',
      'systempaths=unconfined',
    ),
  ],
  (body) =>
    attachmentsOf(body)
      .filter(({ name }) => name === 'host')
      .map(({ name }) => need('hostNetwork', name)),
  (body) => {
    const { PidMode, IpcMode, VolumesFrom, Links } = body.HostConfig;
    const shared = [PidMode, IpcMode, ...attachmentsOf(body).map(({ name }) => name)].filter(
      (mode) => mode?.startsWith('container:') === true,
    );
    const endpoints = Object.values(body.NetworkingConfig?.EndpointsConfig ?? {});
    const names = [
      ...shared.map((mode) => mode?.slice('container:'.length) ?? ''),
      ...[...(VolumesFrom ?? []), ...(Links ?? []), ...endpoints.flatMap((each) => each.Links ?? [])].map(
        (each) => each.split(':')[0] ?? each,
      ),
    ];
    return [...new Set(names)].map((name) => need('otherContainer', name));
  },
  ({ HostConfig: host }) => [
    ...(host.Binds ?? []).map(bindSource).filter(isAbsolute).map(pathNeed),
    ...(host.Mounts ?? []).flatMap(mountNeeds),
    ...when(Boolean(host.VolumeDriver) && host.VolumeDriver !== 'local', 'volumeDriver', host.VolumeDriver),
  ],
  ({ HostConfig: host }) => {
    const open = Object.entries(host.PortBindings ?? {}).flatMap(([port, list]) =>
      list
        .filter((each) => !isLoopback(each.HostIp ?? ''))
        .map((each) => need('publicPort', `${each.HostIp || '*'}:${each.HostPort || 'any'}->${port}`)),
    );
    return [...open, ...when(host.PublishAllPorts === true, 'publicPort', 'all exposed ports')];
  },
];

/** In a steady order, each once. Empty: any operator may run it. */
export function needsOf(body: CreateBody): readonly Need[] {
  const needs = RULES.flatMap((rule) => rule(body));
  const keys = needs.map((each) => `${each.right} ${each.value}`);
  return needs.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

function need(right: Right, value: string): Need {
  return { right, value };
}

function when(condition: boolean, right: Right, value: string | undefined): readonly Need[] {
  return condition ? [need(right, value ?? '')] : [];
}

/** no-new-privileges and SELinux labels confine; whatever takes a profile away or brings another one does not. */
function loosens(option: string): boolean {
  const [key, value] = securityPair(option);
  if (key === 'no-new-privileges') return value === 'false';
  if (key === 'label') return /^(?:disable|type:|level:|user:|role:)/.test(value ?? '');
  if (key === 'writable-cgroups') return value !== 'false';
  return !(key === 'seccomp' && value === 'builtin');
}

/** Where engines listen by default. A folder above them gives the socket too. */
const SOCKETS = [
  '/var/run/docker.sock',
  '/run/docker.sock',
  '/var/run/podman/podman.sock',
  '/run/podman/podman.sock',
  '/run/containerd/containerd.sock',
];

function pathNeed(source: string): Need {
  const path = cleanPath(source);
  const holds = (socket: string): boolean => path === '/' || socket === path || socket.startsWith(`${path}/`);
  return SOCKETS.some(holds) || /(?:^|\/)(?:docker|podman|containerd)\.sock$/.test(path)
    ? need('engineSocket', path)
    : need('hostPath', path);
}

/** The engine cleans the source of a bind; the device of a volume goes to the kernel as it is, which follows links before `..`. */
function deviceNeeds(device: string): readonly Need[] {
  return [pathNeed(device), ...when(device.split('/').includes('..'), 'hostPath', device)];
}

/** The local driver mounts what its options name: a bind of the host in disguise, or a file system of the network. */
function mountNeeds(mount: Mount): readonly Need[] {
  if (mount.Type === 'bind' && mount.Source !== undefined) return [pathNeed(mount.Source)];
  if (mount.Type !== 'volume') return [];
  const { Name = '', Options = {} } = mount.VolumeOptions?.DriverConfig ?? {};
  const device = Options['device'];
  return [
    ...(device !== undefined && isAbsolute(device) ? deviceNeeds(device) : []),
    ...when(Name !== '' && Name !== 'local', 'volumeDriver', Name),
    ...when(
      device !== undefined && !isAbsolute(device),
      'volumeDriver',
      `${Options['type'] ?? ''} ${device ?? ''}`.trim(),
    ),
  ];
}

function isLoopback(ip: string): boolean {
  const canonical = canonicalIp(ip) ?? '';
  return canonical === '::1' || canonical.startsWith('127.');
}
