import type { PullPolicy } from '../agent-spec.ts';
import type { ContainerConfig, Endpoint, HostConfig } from './create-body.ts';
import type { NetworkAttachment } from './networks.ts';

/**
 * What the flags of one docker run say, in the engine's own words: only what was said, canonical, plain JSON. apply.ts lays it over a
 * body.
 */
export interface RunOptions {
  readonly name?: string;
  readonly platform?: string;
  readonly pull?: PullPolicy;
  readonly config: Omit<ContainerConfig, 'Cmd' | 'MacAddress'>;
  /** Without NetworkMode: that is the first of `networks`. */
  readonly host: Omit<HostConfig, 'NetworkMode'>;
  /** `--network`, in their order. */
  readonly networks: readonly NetworkAttachment[];
  /** `--network-alias`, `--ip`, `--ip6`, `--link-local-ip`, `--mac-address`: they belong to the first network. */
  readonly endpoint: Endpoint;
}

type Mutable<T> = { -readonly [K in keyof T]: MutableValue<T[K]> };
type MutableValue<V> = V extends readonly (infer Item)[] ? Item[] : V extends object ? Mutable<V> : V;

/** Options while flags are read into them. */
export interface OptionsDraft extends Mutable<RunOptions> {
  /** Devices by their CDI names: one request of the engine for all of them. */
  cdiDevices: string[];
  noHealthcheck: boolean;
}

export function emptyDraft(): OptionsDraft {
  return { config: {}, host: {}, networks: [], endpoint: {}, cdiDevices: [], noHealthcheck: false };
}

export function finishDraft({ cdiDevices, noHealthcheck, ...options }: OptionsDraft): RunOptions {
  const cdi = cdiDevices.length === 0 ? [] : [{ Driver: 'cdi', DeviceIDs: cdiDevices }];
  const requests = [...(options.host.DeviceRequests ?? []), ...cdi];
  const { Test = [], ...times } = options.config.Healthcheck ?? {};
  const said = Object.entries(times).filter(([, value]) => value !== 0);
  // what else was said of health checks stays beside NONE: it is a conflict
  const none = { Healthcheck: { ...Object.fromEntries(said), Test: ['NONE', ...Test] } };
  return {
    ...options,
    config: noHealthcheck ? { ...options.config, ...none } : options.config,
    host: requests.length === 0 ? options.host : { ...options.host, DeviceRequests: requests },
  };
}
