/** A spec turned back into the input that makes it: for the JSON and curl of an agent's page, for edit, retry and clone. */
import type { AgentSpec, ReadinessProbe, RestartPolicy, VolumeSpec } from './agent-spec.ts';
import { readStartArgs } from './agent-container.ts';
import { recipeAsInput } from './builds/built-image.ts';
import { without } from './docker-run/merge.ts';
import type { RunOptions } from './docker-run/run-options.ts';
import { dockerBytes } from './quantities.ts';

export type PlainInput = Readonly<Record<string, unknown>>;

/** Without the keys that say nothing. */
export function defined(object: PlainInput): PlainInput {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/**
 * Only what differs from `base`, the spec that the type and the instance give when nothing is said: `resolveSpec` of the result gives `spec`
 * again, settled. What its start args settle is left to them. A null (as the image says) under a type that presets something has no form.
 */
export function specAsInput(spec: AgentSpec, base: AgentSpec): PlainInput {
  const fields: Readonly<Record<string, readonly [unknown, unknown]>> = {
    image: [spec.image, base.image],
    pull: [spec.pull, base.pull],
    build: [buildAsInput(spec), buildAsInput(base)],
    command: [spec.command, base.command],
    entrypoint: [spec.entrypoint, base.entrypoint],
    workdir: [spec.workdir, base.workdir],
    user: [spec.user, base.user],
    hostname: [spec.hostname, base.hostname],
    tty: [spec.tty, base.tty],
    stdin: [spec.stdin, base.stdin],
    volumes: [spec.volumes.map(volumeAsInput), base.volumes.map(volumeAsInput)],
    sharedVolumes: [spec.sharedVolumes.map(sharedAsInput), base.sharedVolumes.map(sharedAsInput)],
    devices: [spec.devices, base.devices],
    dns: [spec.dns, base.dns],
    extraHosts: [spec.extraHosts, base.extraHosts],
    networks: [spec.networks, base.networks],
    ports: [spec.ports, base.ports],
    runtime: [spec.runtime, base.runtime],
    restart: [restartAsInput(spec.restart), restartAsInput(base.restart)],
    readiness: [readinessAsInput(spec.readiness), readinessAsInput(base.readiness)],
    ttl: [spec.ttl ?? 0, base.ttl ?? 0],
    role: [spec.role, base.role],
    group: [spec.group, base.group],
    capabilities: [spec.capabilities, base.capabilities],
    ssh: [spec.ssh, base.ssh],
    startArgs: [spec.startArgs, base.startArgs],
  };
  const settled = settledByFlags(readStartArgs(spec.startArgs));
  const single = Object.entries(fields).filter(
    ([key, [value, standard]]) => value !== null && !settled.has(key) && !same(value, standard),
  );
  return {
    ...Object.fromEntries(single.map(([key, [value]]) => [key, value])),
    ...group(
      'resources',
      without(resourcesAsInput(spec), (key) => settled.has(key)),
      resourcesAsInput(base),
    ),
    ...group('env', { ...spec.env, ...spec.secretEnv }, { ...base.env, ...base.secretEnv }),
    ...group('tmpfs', spec.tmpfs, base.tmpfs),
    ...group('security', spec.security, base.security),
    ...group('logging', spec.logging, base.logging),
    ...group('tags', spec.tags, base.tags),
    ...group('idle', spec.idle, base.idle),
    ...group('snapshots', ruleAsInput(spec), ruleAsInput(base)),
  };
}

/** Fields that the start args give, whatever is said beside them (settleSpec in agent-container.ts). */
function settledByFlags({ pull, networks, host }: RunOptions): ReadonlySet<string> {
  const { RestartPolicy, Memory, NanoCpus, CpuQuota = 0, CpuPeriod = 0, PidsLimit } = host;
  const given: Readonly<Record<string, boolean>> = {
    pull: pull !== undefined,
    networks: networks.length > 0,
    restart: RestartPolicy !== undefined,
    memory: Memory !== undefined,
    cpu: NanoCpus !== undefined || CpuQuota !== 0 || CpuPeriod !== 0,
    pids: PidsLimit !== undefined,
  };
  return new Set(Object.keys(given).filter((key) => given[key]));
}

function group(name: string, value: object, standard: object): PlainInput {
  const said = Object.entries(value).filter(
    ([key, each]) => each !== null && !same(each, Reflect.get(standard, key)),
  );
  return said.length === 0 ? {} : { [name]: Object.fromEntries(said) };
}

function resourcesAsInput({ resources }: AgentSpec): Readonly<Record<string, unknown>> {
  const { memory, cpu, pids, gpus, shmSize, ulimits, diskQuota } = resources;
  return {
    memory: memory === null ? 'unlimited' : dockerBytes(memory),
    cpu: cpu ?? 'unlimited',
    pids: pids ?? 'unlimited',
    gpus,
    shmSize: shmSize === null ? null : dockerBytes(shmSize),
    ulimits,
    diskQuota: diskQuota === null ? null : dockerBytes(diskQuota),
  };
}

function buildAsInput({ build }: AgentSpec): PlainInput | null {
  return build === null ? null : recipeAsInput(build);
}

function ruleAsInput({ snapshots: { every, keep, ...rest } }: AgentSpec): Readonly<Record<string, unknown>> {
  return { ...rest, every: every ?? 'none', keep: keep ?? 'none' };
}

export function volumeAsInput({ source, target, modes, create }: VolumeSpec): unknown {
  const mode = modes.join(',');
  if (create) return { source, target, ...(mode === '' ? {} : { mode }), create };
  return [source, target, ...(mode === '' ? [] : [mode])].join(':');
}

function sharedAsInput({ name, target }: AgentSpec['sharedVolumes'][number]): unknown {
  return { name, target };
}

export function restartAsInput({ name, maximumRetryCount }: RestartPolicy): string {
  return maximumRetryCount === 0 ? name : `${name}:${maximumRetryCount}`;
}

export function readinessAsInput(
  readiness: ReadinessProbe & { readonly timeout: number | undefined },
): unknown {
  const { timeout } = readiness;
  switch (readiness.kind) {
    case 'log':
      return { log: readiness.pattern, timeout };
    case 'tcp':
      return { tcp: readiness.port, timeout };
    case 'http':
      return { http: { port: readiness.port, path: readiness.path, status: readiness.status }, timeout };
    case 'exec':
      return { exec: readiness.command, timeout };
    default:
      return { kind: readiness.kind, timeout };
  }
}

/** Plain JSON with keys in a steady order. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
