/**
 * The whole container of an agent: its fields in the engine's words, its start args laid over them, what Slipway adds, and what it reaches
 * for. Pure; the same for the create, the preview and the checks before it.
 */
import { RESTART_POLICIES, type AgentSpec, type RestartPolicy } from './agent-spec.ts';
import { planContainer } from './container-plan.ts';
import { applyRunOptions } from './docker-run/apply.ts';
import { attachmentsOf } from './docker-run/apply-networks.ts';
import type { CreateBody } from './docker-run/create-body.ts';
import { needsOf, type Need } from './docker-run/needs.ts';
import { parseFlags } from './docker-run/parse.ts';
import { formatPorts, publishOn } from './docker-run/ports.ts';
import type { RunOptions } from './docker-run/run-options.ts';
import { validationError, type FieldProblem } from './errors.ts';
import { OWN_LABELS, type Labels } from './labels.ts';

export interface AgentContainer {
  readonly body: CreateBody;
  readonly platform: string | null;
  /** Rights and switches that somebody has to grant before it is made. */
  readonly needs: readonly Need[];
}

/** Ports without an address are published here, so that nothing is open to the network unless somebody says so. */
export const PUBLISH_ADDRESS = '127.0.0.1';

/** Throws VALIDATION for start args that cannot be read, contradict each other or the fields, or touch what is Slipway's. */
export function containerOf(name: string, spec: AgentSpec, labels: Labels): AgentContainer {
  const options = readStartArgs(spec.startArgs);
  const applied = applyRunOptions(planContainer(name, joined(spec, options), labels), options);
  if ('problems' in applied) throw validationError(applied.problems);
  const body = publishOn(onBridge(applied.body), PUBLISH_ADDRESS);
  return { body, platform: options.platform ?? null, needs: needsOf(body) };
}

/** In the networks of the flags from the start, so that the agent has its name there whatever the fields said. */
function joined(spec: AgentSpec, { networks }: RunOptions): AgentSpec {
  if (networks.length === 0) return spec;
  const security = { ...spec.security, hostNetwork: false };
  return { ...spec, networks: networks.map((each) => each.name), security };
}

/** `default` is the engine's other name for its bridge. */
function onBridge(body: CreateBody): CreateBody {
  const { HostConfig: host } = body;
  return host.NetworkMode === 'default' ? { ...body, HostConfig: { ...host, NetworkMode: 'bridge' } } : body;
}

/** Throws VALIDATION. */
export function readStartArgs(words: readonly string[]): RunOptions {
  if (words.length === 0) return parseFlags([]).options;
  const { options, problems } = parseFlags(words);
  const own = Object.keys(options.config.Labels ?? {}).filter((key) => key.startsWith(OWN_LABELS));
  const all: readonly FieldProblem[] = [
    ...problems,
    ...own.map((key) => ({
      field: 'startArgs',
      value: `--label ${key}`,
      rule: `must not set labels under ${OWN_LABELS}: they are Slipway's own`,
    })),
  ];
  if (all.length > 0) throw validationError(all);
  return options;
}

/**
 * The spec as it comes out when the start args are laid over it: limits, networks, restart policy, pull and the addresses of ports are what
 * they really will be, so that lists, checks and updates need not read the flags. Laid over it again the start args change nothing.
 */
export function settleSpec(name: string, spec: AgentSpec): AgentSpec {
  const { body } = containerOf(name, spec, {});
  const plain = publishOn(planContainer(name, spec, {}), PUBLISH_ADDRESS);
  const { HostConfig: host } = body;
  const options = readStartArgs(spec.startArgs);
  const networks = attachmentsOf(body).map((each) => each.name);
  // the flags win over the switch too
  const hostNetwork = spec.security.hostNetwork && options.networks.length === 0;
  return {
    ...spec,
    pull: options.pull ?? spec.pull,
    resources: {
      ...spec.resources,
      memory: limit(host.Memory),
      cpu: cores(host),
      pids: limit(host.PidsLimit),
    },
    networks: hostNetwork ? spec.networks : networks,
    security: { ...spec.security, hostNetwork },
    ports: spec.ports.length === 0 ? [] : formatPorts(plain.HostConfig.PortBindings ?? {}),
    restart: restartPolicy(host.RestartPolicy),
  };
}

function limit(value: number | undefined): number | null {
  return value === undefined || value <= 0 ? null : value;
}

function cores(host: CreateBody['HostConfig']): number | null {
  if (host.NanoCpus !== undefined && host.NanoCpus > 0) return host.NanoCpus / 1e9;
  if (host.CpuQuota === undefined || host.CpuQuota <= 0) return null;
  return host.CpuQuota / (host.CpuPeriod === undefined || host.CpuPeriod === 0 ? 100_000 : host.CpuPeriod);
}

function restartPolicy(policy: CreateBody['HostConfig']['RestartPolicy']): RestartPolicy {
  const name = RESTART_POLICIES.find((each) => each === policy?.Name) ?? 'no';
  return { name, maximumRetryCount: name === 'on-failure' ? (policy?.MaximumRetryCount ?? 0) : 0 };
}
