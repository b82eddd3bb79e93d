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
import { each, host, list, pairs, toggle, type Flag } from './flag.ts';

export const ISOLATION_FLAGS: Readonly<Record<string, Flag>> = {
  'cap-add': list(readCapability, (draft) => (draft.host.CapAdd ??= [])),
  'cap-drop': list(readCapability, (draft) => (draft.host.CapDrop ??= [])),
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
