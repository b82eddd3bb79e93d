import type { Labels } from './labels.ts';

/**
 * What an agent is made of, after type defaults and fields were merged: complete, canonical, plain JSON. It is kept with the agent,
 * shown on its page, and turned into the engine's words by container-plan.ts. null means "as the image says" or "unlimited".
 */
export interface AgentSpec {
  readonly image: string;
  readonly pull: PullPolicy;
  readonly command: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly workdir: string | null;
  readonly user: string | null;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly resources: Resources;
  readonly env: Readonly<Record<string, string>>;
  readonly networks: readonly string[];
  readonly security: { readonly profile: SecurityProfile };
  readonly restart: RestartPolicy;
  readonly logging: { readonly maxSize: string; readonly maxFile: number };
  readonly tags: Labels;
  readonly role: string | null;
  readonly group: string | null;
  readonly capabilities: readonly string[];
}

export const PULL_POLICIES = ['missing', 'always', 'never'] as const;
export type PullPolicy = (typeof PULL_POLICIES)[number];

export const SECURITY_PROFILES = ['standard', 'hardened', 'unrestricted'] as const;
export type SecurityProfile = (typeof SECURITY_PROFILES)[number];

export interface Resources {
  /** Bytes; null is unlimited. */
  readonly memory: number | null;
  /** Cores; null is unlimited. */
  readonly cpu: number | null;
  readonly pids: number | null;
}

export interface RestartPolicy {
  readonly name: 'no' | 'on-failure' | 'unless-stopped' | 'always';
  readonly maximumRetryCount: number;
}
