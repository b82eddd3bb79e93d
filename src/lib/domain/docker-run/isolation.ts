/** What stands between the container and the host: namespaces, capabilities, security options. */
import { accept, cut, readMatching, refuse, type Reader } from './read.ts';

/** One of the words, or `container:<name>`; empty is the engine's default. */
function readMode(words: readonly string[], container: boolean): Reader<string> {
  const rule = `must be ${[...words, ...(container ? ['container:<name>'] : [])].join(', ')}`;
  return (text) => {
    const [word, name] = cut(text, ':');
    const joined = container && word === 'container' && name !== null && name !== '';
    return text === '' || words.includes(text) || joined ? accept(text) : refuse(rule);
  };
}

export const readPidMode = readMode(['host'], true);
export const readIpcMode = readMode(['none', 'private', 'shareable', 'host'], true);
export const readHostOnly = readMode(['host'], false);
export const readCgroupns = readMode(['host', 'private'], false);

const CAPABILITIES = new Set(
  (
    'AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK ' +
    'IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP ' +
    'SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME ' +
    'SYS_TTY_CONFIG WAKE_ALARM ALL'
  ).split(' '),
);

/** Without the prefix CAP_, in capitals: the form in which two names of one capability are equal. */
export function capabilityName(text: string): string {
  return text.trim().toUpperCase().replace(/^CAP_/, '');
}

/** `NET_ADMIN`, `cap_net_admin`, `ALL`. Gives the engine's form `CAP_NET_ADMIN`. */
export const readCapability: Reader<string> = (text) => {
  const name = capabilityName(text);
  if (!CAPABILITIES.has(name)) return refuse('must be a Linux capability such as NET_ADMIN, or ALL');
  return accept(name === 'ALL' ? name : `CAP_${name}`);
};

export type SecurityFlag = { readonly option: string } | { readonly unmaskPaths: true };

/** `no-new-privileges`, `label=disable`, `apparmor=profile`, `seccomp=unconfined`, `systempaths=unconfined`, `writable-cgroups=true`. */
export const readSecurityOption: Reader<SecurityFlag> = (text) => {
  if (text === 'systempaths=unconfined') return accept({ unmaskPaths: true });
  const [key, value] = securityPair(text);
  switch (key) {
    case 'no-new-privileges':
    case 'writable-cgroups':
      if (value === null ? key === 'no-new-privileges' : /^(?:true|false)$/.test(value))
        return accept({ option: text });
      return refuse(`must be ${key}=true or ${key}=false`);
    case 'seccomp':
      if (value === 'unconfined' || value === 'builtin') return accept({ option: text });
      return refuse(
        'must be seccomp=unconfined or seccomp=builtin: a profile is a file on the machine that runs docker, which Slipway does not read',
      );
    case 'label':
    case 'apparmor':
      return value ? accept({ option: text }) : refuse(`must be ${key}=value`);
    default:
      return refuse(
        'must be one of no-new-privileges, seccomp, apparmor, label, systempaths=unconfined, writable-cgroups',
      );
  }
};

/** Key and value of a security option, which may be parted by `=` or, as of old, by `:`. */
export function securityPair(option: string): readonly [string, string | null] {
  return cut(option, option.includes('=') ? '=' : ':');
}

/** `name[:ro]`: another container whose volumes are mounted too. */
export const readVolumesFrom = readMatching(
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]*(?::(?:(?:ro|rw)(?:,[zZ])?|[zZ](?:,(?:ro|rw))?))?$/,
  'must be container[:mode] with a mode of ro, rw, z, Z',
);
