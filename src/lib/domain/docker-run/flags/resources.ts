/** How much of the host the container may use, and which of its devices. */
import { readCpus, readInteger, readMemory, readSize, readSwap } from '../amounts.ts';
import {
  readDevice,
  readDeviceBps,
  readDeviceCgroupRule,
  readDeviceIops,
  readDeviceWeight,
  readGpus,
} from '../devices.ts';
import { readBlkioWeight, readCpuSet, readUlimit } from '../limits.ts';
import { readWord } from '../read.ts';
import { each, host, list, toggle, type Flag } from './flag.ts';

export const RESOURCE_FLAGS: Readonly<Record<string, Flag>> = {
  'blkio-weight': host('BlkioWeight', readBlkioWeight),
  'blkio-weight-device': list(readDeviceWeight, (draft) => (draft.host.BlkioWeightDevice ??= [])),
  'cgroup-parent': host('CgroupParent', readWord),
  'cpu-period': host('CpuPeriod', readInteger(0)),
  'cpu-quota': host('CpuQuota', readInteger()),
  'cpu-rt-period': host('CpuRealtimePeriod', readInteger(0)),
  'cpu-rt-runtime': host('CpuRealtimeRuntime', readInteger()),
  'cpu-shares': host('CpuShares', readInteger(0), 'c'),
  cpus: host('NanoCpus', readCpus),
  'cpuset-cpus': host('CpusetCpus', readCpuSet),
  'cpuset-mems': host('CpusetMems', readCpuSet),
  device: each(readDevice, (draft, value) => {
    if ('cdi' in value) draft.cdiDevices.push(value.cdi);
    else (draft.host.Devices ??= []).push(value.device);
  }),
  'device-cgroup-rule': list(readDeviceCgroupRule, (draft) => (draft.host.DeviceCgroupRules ??= [])),
  'device-read-bps': list(readDeviceBps, (draft) => (draft.host.BlkioDeviceReadBps ??= [])),
  'device-read-iops': list(readDeviceIops, (draft) => (draft.host.BlkioDeviceReadIOps ??= [])),
  'device-write-bps': list(readDeviceBps, (draft) => (draft.host.BlkioDeviceWriteBps ??= [])),
  'device-write-iops': list(readDeviceIops, (draft) => (draft.host.BlkioDeviceWriteIOps ??= [])),
  gpus: list(readGpus, (draft) => (draft.host.DeviceRequests ??= [])),
  memory: host('Memory', readMemory, 'm'),
  'memory-reservation': host('MemoryReservation', readSize),
  'memory-swap': host('MemorySwap', readSwap),
  'memory-swappiness': host('MemorySwappiness', readInteger(-1, 100)),
  'oom-kill-disable': toggle((draft, value) => (draft.host.OomKillDisable = value)),
  'oom-score-adj': host('OomScoreAdj', readInteger(-1000, 1000)),
  'pids-limit': host('PidsLimit', readInteger()),
  'shm-size': host('ShmSize', readSize),
  ulimit: each(readUlimit, (draft, limit) => {
    const others = (draft.host.Ulimits ?? []).filter((other) => other.Name !== limit.Name);
    draft.host.Ulimits = [...others, limit].sort((a, b) => (a.Name < b.Name ? -1 : 1));
  }),
};
