/** From what somebody asks for to the spec that an agent gets: merged, checked against policy and host, with start args settled. */
import { createHash } from 'node:crypto';
import { containerOf, settleSpec } from '#lib/domain/agent-container.ts';
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import type { AgentType, TypeSource } from '#lib/domain/agent-types.ts';
import { AppError, validationError } from '#lib/domain/errors.ts';
import type { SpecInput } from '#lib/domain/inputs/spawn-input.ts';
import { refusedBy, type Policy } from '#lib/domain/policy.ts';
import { formatBytes } from '#lib/domain/quantities.ts';
import { resolveSpec, type SpecDefaults } from '#lib/domain/resolve-spec.ts';
import { specAsInput, type PlainInput } from '#lib/domain/spec-input.ts';
import type { EngineInfo } from '../engine/engine.ts';
import type { Actor } from './access.ts';
import { patternProblems } from './re2-pattern.ts';
import type { HostDefaultsService } from './host-defaults.ts';
import type { SecretService } from './secrets.ts';

/** No agent has these, so that its own are always said. */
const UNLIKE_ANY = { memory: -1, cpu: -1, pids: -1 };

/** What an agent gets when neither its maker nor its type says anything; groupKey is our own. */
export type InstanceDefaults = Omit<SpecDefaults, 'groupKey'>;

export interface SpecMakerParts {
  readonly hostDefaults: Pick<HostDefaultsService, 'of' | 'differ'>;
  readonly policy: () => Policy;
  readonly secrets: Pick<SecretService, 'refuseUnusable'>;
  readonly types: TypeSource;
}

export class SpecMaker {
  readonly #hostDefaults: SpecMakerParts['hostDefaults'];
  readonly #policy: () => Policy;
  readonly #secrets: SpecMakerParts['secrets'];
  readonly #types: TypeSource;

  constructor(parts: SpecMakerParts) {
    this.#hostDefaults = parts.hostDefaults;
    this.#policy = parts.policy;
    this.#secrets = parts.secrets;
    this.#types = parts.types;
  }

  /** Throws VALIDATION with the known types. */
  type(name: string): AgentType {
    const type = this.#types.get(name);
    if (type !== undefined) return type;
    const known = this.#types.names();
    throw new AppError('VALIDATION', `There is no agent type "${name}"`, {
      hint: `Known types: ${known.join(', ')}.`,
      details: {
        known,
        fields: [{ field: 'type', value: name, rule: 'must be a known agent type' }],
      },
    });
  }

  /**
   * `hostId`: whose defaults lie under it all; null while no host is chosen, and for what says all of its own. Throws VALIDATION; FORBIDDEN when
   * the policy does not give what it reaches for.
   */
  make(
    actor: Actor,
    name: string,
    type: AgentType,
    input: SpecInput,
    hostId: string | null = null,
  ): AgentSpec {
    const spec = settleSpec(name, resolveSpec(input, type, this.#defaults(hostId)));
    if (spec.readiness.kind === 'log') {
      const problems = patternProblems('readiness.log', spec.readiness.pattern);
      if (problems.length > 0) throw validationError(problems);
    }
    this.allow(actor, name, spec);
    return spec;
  }

  /** Throws FORBIDDEN that lists what this actor may not ask for. */
  allow(actor: Actor, name: string, spec: AgentSpec): void {
    this.#secrets.refuseUnusable(actor, spec);
    if (actor.role === 'admin') return;
    const refused = refusedBy(this.#policy(), spec, containerOf(name, spec, {}).needs);
    if (refused.length === 0) return;
    throw new AppError('FORBIDDEN', `This needs an admin: it would ${refused.join(', ')}`, {
      hint: 'Leave it out, or ask an admin to launch it or to change the policy.',
    });
  }

  /** The input that makes this spec again, as short as it can be. */
  asInput(name: string, type: string, spec: AgentSpec): PlainInput {
    const found = this.#types.get(type);
    const recipe = found ?? {
      name: type,
      title: type,
      summary: '',
      image: null,
      builtHere: false,
      defaults: {},
      patterns: { login: [], prompt: [] },
      loginHelp: null,
    };
    const said = recipe.image === spec.image ? {} : { image: spec.image };
    const base = settleSpec(name, resolveSpec(said, recipe, this.#defaults(null)));
    // left out, it could mean another thing on the host where it is used
    const plain = this.#hostDefaults.differ()
      ? { ...base, resources: { ...base.resources, ...UNLIKE_ANY }, networks: [] }
      : base;
    return { ...said, ...specAsInput(spec, plain) };
  }

  #defaults(hostId: string | null): SpecDefaults {
    return { ...this.#hostDefaults.of(hostId), groupKey };
  }
}

/** Throws RESOURCE_LIMIT for more than the host has, VALIDATION for a runtime that it does not know. null: nothing is known of the host. */
export function refuseWhatHostLacks(spec: AgentSpec, info: EngineInfo | null): void {
  if (info === null) return;
  const { cpu, memory } = spec.resources;
  if (cpu !== null && cpu > info.cpus)
    throw new AppError('RESOURCE_LIMIT', `It asks for ${cpu} cores and the host has ${info.cpus}`);
  if (memory !== null && memory > info.memory) {
    throw new AppError(
      'RESOURCE_LIMIT',
      `It asks for ${formatBytes(memory)} of memory and the host has ${formatBytes(info.memory)}`,
    );
  }
  if (spec.runtime !== null && info.runtimes.length > 0 && !info.runtimes.includes(spec.runtime)) {
    throw validationError([
      {
        field: 'runtime',
        value: spec.runtime,
        rule: `must be one that the host knows: ${info.runtimes.join(', ')}`,
      },
    ]);
  }
}

/** Two groups never share a key by accident: it is made of the whole id. */
function groupKey(group: string): string {
  return createHash('sha256').update(group).digest('hex').slice(0, 24);
}
