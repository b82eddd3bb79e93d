import type { AgentSpec } from './agent-spec.ts';
import type { AgentType } from './agent-types.ts';
import { validationError } from './errors.ts';
import { formatImageReference, parseImageReference } from './image-reference.ts';
import type { SpawnInput } from './inputs.ts';
import { parseBytes, parseCores } from './quantities.ts';

/** What the host or the instance gives when neither the caller nor the type says anything. */
export interface SpecDefaults {
  readonly memory: number | null;
  readonly cpu: number | null;
  readonly pids: number;
  readonly network: string;
}

/** Merges defaults, the type's own and the caller's fields: the later wins. Throws VALIDATION. */
export function resolveSpec(input: SpawnInput, type: AgentType, defaults: SpecDefaults): AgentSpec {
  const image = input.image ?? type.image;
  if (image === null) {
    throw validationError([{ field: 'image', value: null, rule: `the type ${type.name} needs an image` }]);
  }
  const builtHere = type.builtHere && input.image === undefined;
  const typeMemory = type.memory === null ? defaults.memory : parseBytes(type.memory);
  const typeCpu = type.cpu === null ? defaults.cpu : parseCores(type.cpu);
  return {
    image: image.startsWith('sha256:') ? image : formatImageReference(parseImageReference(image)),
    pull: input.pull ?? (builtHere ? 'never' : 'missing'),
    command: input.command ?? null,
    entrypoint: input.entrypoint ?? null,
    workdir: input.workdir ?? null,
    user: input.user ?? null,
    tty: input.tty,
    stdin: input.stdin,
    resources: {
      memory: input.resources.memory === undefined ? typeMemory : input.resources.memory,
      cpu: input.resources.cpu === undefined ? typeCpu : input.resources.cpu,
      pids: input.resources.pids ?? defaults.pids,
    },
    env: { ...type.env, ...input.env },
    networks:
      input.networks === undefined || input.networks.length === 0 ? [defaults.network] : input.networks,
    security: input.security,
    restart: { name: 'no', maximumRetryCount: 0 },
    logging: input.logging,
    tags: input.tags,
    role: input.role ?? null,
    group: input.group ?? null,
    capabilities: input.capabilities,
  };
}
