/** What a type presets, in the form in which people write it: for the form, for JSON and for TOML, which knows no null. Pure. */
import type { SpecInput } from './inputs/spawn-input.ts';
import { dockerBytes } from './quantities.ts';
import { defined, readinessAsInput, restartAsInput, volumeAsInput, type PlainInput } from './spec-input.ts';

/** The schema reads the result as the same defaults again, and it holds no null. */
export function defaultsAsInput(defaults: SpecInput): PlainInput {
  const { resources, volumes, restart, readiness, ttl, snapshots } = defaults;
  return withoutNulls({
    ...defaults,
    resources: resources && {
      ...resources,
      memory: amount(resources.memory),
      cpu: resources.cpu === null ? 'unlimited' : resources.cpu,
      pids: resources.pids === null ? 'unlimited' : resources.pids,
      shmSize: resources.shmSize === undefined ? undefined : dockerBytes(resources.shmSize),
      diskQuota: resources.diskQuota === undefined ? undefined : dockerBytes(resources.diskQuota),
    },
    volumes: volumes?.map(volumeAsInput),
    restart: restart && restartAsInput(restart),
    readiness: readiness && readinessAsInput(readiness),
    ttl: ttl === null ? 0 : ttl,
    snapshots: snapshots && {
      ...snapshots,
      every: snapshots.every === null ? 'none' : snapshots.every,
      keep: snapshots.keep === null ? 'none' : snapshots.keep,
    },
  });
}

function amount(bytes: number | null | undefined): string | undefined {
  return bytes === null ? 'unlimited' : bytes === undefined ? undefined : dockerBytes(bytes);
}

/** Maps without the keys that say nothing, at every depth. */
function withoutNulls(map: PlainInput): PlainInput {
  const kept = Object.entries(defined(map)).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([key, value]) => [key, isMap(value) ? withoutNulls(value) : value]));
}

function isMap(value: unknown): value is PlainInput {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
