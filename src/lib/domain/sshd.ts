/**
 * An sshd of the agent's own inside its container: what the container gets for it. Keys and settings lie in an anonymous volume of the
 * container, as secrets do, so that no commit holds a private key. Nothing starts it but us, after each start.
 */
import { cleanPath } from './docker-run/paths.ts';
import type { CreateBody } from './docker-run/create-body.ts';
import { PUBLISH_ADDRESS } from './agent-container.ts';
import { validationError } from './errors.ts';

export const SSHD_FOLDER = '/run/slipway-ssh';
const ROOT_PORT = 22;
/** Whoever is not root listens above the ports of the system. */
const USER_PORT = 2222;
/** What sshd needs to change to who logs in, to lock its child in, and to write down the login. */
const ROOT_CAPABILITIES = ['SETUID', 'SETGID', 'SYS_CHROOT', 'AUDIT_WRITE'] as const;

/** The exit code of `START_SSHD` when there is none. */
export const NO_SSHD = 87;

export function isRoot(user: string): boolean {
  return ['', '0', 'root'].includes(user.split(':')[0] ?? '');
}

export function sshdPort(user: string): number {
  return isRoot(user) ? ROOT_PORT : USER_PORT;
}

/** `user` is who the container runs as. Throws VALIDATION where a port cannot be published, or when something else is mounted there. */
export function withSshd(body: CreateBody, user: string): CreateBody {
  const { HostConfig: host } = body;
  const mode = host.NetworkMode ?? 'bridge';
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) {
    throw validationError([
      { field: 'ssh', value: true, rule: `needs a network of its own to publish a port, and not "${mode}"` },
    ]);
  }
  const targets = [
    ...(host.Mounts ?? []).map((mount) => mount.Target),
    ...(host.Binds ?? []).map((bind) => bind.split(':')[1] ?? ''),
    ...Object.keys(host.Tmpfs ?? {}),
  ];
  if (targets.some((target) => cleanPath(target) === SSHD_FOLDER)) {
    throw validationError([
      { field: 'volumes', value: SSHD_FOLDER, rule: 'is where the keys of ssh are: mount it somewhere else' },
    ]);
  }
  const port = `${sshdPort(user)}/tcp`;
  const bindings = host.PortBindings ?? {};
  const restricted = isRoot(user) && (host.CapDrop ?? []).length > 0;
  return {
    ...body,
    ExposedPorts: { ...body.ExposedPorts, [port]: {} },
    HostConfig: {
      ...host,
      PortBindings: { ...bindings, [port]: bindings[port] ?? [{ HostIp: PUBLISH_ADDRESS, HostPort: '' }] },
      ...(restricted ? { CapAdd: [...new Set([...(host.CapAdd ?? []), ...ROOT_CAPABILITIES])] } : {}),
      Mounts: [
        ...(host.Mounts ?? []),
        { Type: 'volume', Target: SSHD_FOLDER, VolumeOptions: { NoCopy: true } },
      ],
    },
  };
}

export interface SshdSecrets {
  readonly hostKey: string;
  readonly clientPublic: string;
}

/** The files of the folder. sshd wants a host key that it owns to be closed to others; one that is root's may be read by who it runs as. */
export function sshdFiles(
  user: string,
  { hostKey, clientPublic }: SshdSecrets,
): readonly { readonly name: string; readonly mode: number; readonly text: string }[] {
  const mode = isRoot(user) ? 0o600 : 0o444;
  return [
    { name: 'host_key', mode, text: hostKey },
    { name: 'authorized_keys', mode: 0o444, text: `${clientPublic} slipway\n` },
    { name: 'sshd_config', mode: 0o444, text: sshdConfig(sshdPort(user)) },
  ];
}

function sshdConfig(port: number): string {
  return `Port ${port}
HostKey ${SSHD_FOLDER}/host_key
AuthorizedKeysFile ${SSHD_FOLDER}/authorized_keys
AuthenticationMethods publickey
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PidFile none
PrintMotd no
X11Forwarding no
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
`;
}

/** `$1` is the port in four hex digits: one that listens already is left alone. sshd wants to be called by its whole path. */
export const START_SSHD = `cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qi ":$1 [0-9A-F]*:0000 0A" && exit 0
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin
sshd=$(command -v sshd) || exit ${NO_SSHD}
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd || exit 1
exec "$sshd" -f ${SSHD_FOLDER}/sshd_config`;

export function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
