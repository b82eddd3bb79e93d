/** What stands between the container and the host. */
import {
  readCapability,
  readCgroupns,
  readHostOnly,
  readIpcMode,
  readPidMode,
  readSecurityOption,
} from '../isolation.ts';
import { readSysctl } from '../limits.ts';
import { readOneOf } from '../read.ts';
import { each, host, pairs, toggle, type Flag } from './flag.ts';

export const ISOLATION_FLAGS: Readonly<Record<string, Flag>> = {
  'cap-add': each(readCapability, (draft, name) => (draft.host.CapAdd = sortedSet(draft.host.CapAdd, name))),
  'cap-drop': each(
    readCapability,
    (draft, name) => (draft.host.CapDrop = sortedSet(draft.host.CapDrop, name)),
  ),
  cgroupns: host('CgroupnsMode', readCgroupns),
  ipc: host('IpcMode', readIpcMode),
  isolation: host('Isolation', readOneOf(['default', ''])),
  pid: host('PidMode', readPidMode),
  privileged: toggle((draft, value) => (draft.host.Privileged = value)),
  'security-opt': each(readSecurityOption, (draft, value) => {
    if ('option' in value) (draft.host.SecurityOpt ??= []).push(value.option);
    else Object.assign(draft.host, { MaskedPaths: [], ReadonlyPaths: [] });
  }),
  sysctl: pairs(readSysctl, (draft) => (draft.host.Sysctls ??= {})),
  userns: host('UsernsMode', readHostOnly),
  uts: host('UTSMode', readHostOnly),
};

/** As the CLI sends capabilities: each once, in order. */
function sortedSet(names: readonly string[] = [], name: string): string[] {
  return [...new Set([...names, name])].sort();
}
