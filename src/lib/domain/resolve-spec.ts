import { PLAIN_SPEC, type AgentSpec } from './agent-spec.ts';
import type { AgentType } from './agent-types.ts';
import { builtImage } from './builds/built-image.ts';
import { ENGINE_SOCKET } from './container-plan.ts';
import { isUserDefinedNetwork } from './docker-run/create-body.ts';
import { cleanPath } from './docker-run/paths.ts';
import { validationError, type FieldProblem } from './errors.ts';
import { formatImageReference, parseImageReference } from './image-reference.ts';
import type { SpecInput } from './inputs/spawn-input.ts';

/** What the host or the instance gives when neither the caller nor the type says anything. */
export interface SpecDefaults {
  readonly memory: number | null;
  readonly cpu: number | null;
  readonly pids: number | null;
  readonly network: string;
  /** A name-safe key of a whole group id, for its shared volumes. */
  readonly groupKey: (group: string) => string;
}

/**
 * Merges the instance's defaults, the type's and the caller's fields: the later wins. Maps (env, tags) and groups of fields (resources,
 * security) merge by key, lists replace each other. Start args stay beside the fields: agent-container.ts lays them over. Throws VALIDATION.
 */
export function resolveSpec(input: SpecInput, type: AgentType, defaults: SpecDefaults): AgentSpec {
  const said = mergeFields(type.defaults, input);
  const built = said.build == null ? null : builtImage(type.name, said.build, defaults.groupKey);
  // a recipe of one's own makes no other image under the type's name
  const image = said.image ?? (input.build == null ? null : built) ?? type.image ?? built;
  if (image === null) {
    throw validationError([{ field: 'image', value: null, rule: `the type ${type.name} needs an image` }]);
  }
  const builtHere = type.builtHere && said.image === undefined;
  const { memory, cpu, pids } = said.resources ?? {};
  const { hostNetwork = false } = said.security ?? {};
  const group = said.group ?? null;
  const spec: AgentSpec = {
    ...PLAIN_SPEC,
    ...defined(said),
    image: /^sha256:[0-9a-f]{64}$/.test(image) ? image : formatImageReference(parseImageReference(image)),
    pull: said.pull ?? (builtHere ? 'never' : 'missing'),
    resources: {
      ...PLAIN_SPEC.resources,
      ...defined(said.resources ?? {}),
      memory: memory === undefined ? defaults.memory : memory,
      cpu: cpu === undefined ? defaults.cpu : cpu,
      pids: pids === undefined ? defaults.pids : pids,
    },
    sharedVolumes: (said.sharedVolumes ?? []).map((shared) => ({
      ...shared,
      volume: `slipway-${defaults.groupKey(group ?? '')}-${shared.name}`,
    })),
    networks:
      hostNetwork || (said.networks !== undefined && said.networks.length > 0)
        ? (said.networks ?? [])
        : [defaults.network],
    security: { ...PLAIN_SPEC.security, ...defined(said.security ?? {}) },
    logging: { ...PLAIN_SPEC.logging, ...defined(said.logging ?? {}) },
    readiness: { ...(said.readiness ?? { kind: 'auto' }), timeout: said.readiness?.timeout ?? 120 },
    idle: { ...PLAIN_SPEC.idle, ...defined(said.idle ?? {}) },
    snapshots: { ...PLAIN_SPEC.snapshots, ...defined(said.snapshots ?? {}) },
    ...splitEnv(said.env ?? {}),
  };
  const problems = contradictions(spec);
  if (problems.length > 0) throw validationError(problems);
  return spec;
}

/** Plain values, and those that are secrets. */
function splitEnv(env: NonNullable<SpecInput['env']>): Pick<AgentSpec, 'env' | 'secretEnv'> {
  const all = Object.entries(env);
  return {
    env: Object.fromEntries(
      all.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : [])),
    ),
    secretEnv: Object.fromEntries(
      all.flatMap(([key, value]) => (typeof value === 'string' ? [] : [[key, value] as const])),
    ),
  };
}

/** Fields that are right each and wrong together. */
function contradictions(spec: AgentSpec): readonly FieldProblem[] {
  const { hostNetwork, engineSocket } = spec.security;
  const targets = [
    ...spec.volumes.map((each, index) => ({ field: `volumes.${index}`, target: each.target })),
    ...spec.sharedVolumes.map((each, index) => ({ field: `sharedVolumes.${index}`, target: each.target })),
    ...Object.keys(spec.tmpfs).map((target) => ({ field: `tmpfs.${target}`, target })),
    ...(engineSocket ? [{ field: 'security.engineSocket', target: ENGINE_SOCKET }] : []),
  ];
  const twice = targets.filter(
    ({ target }, index) => targets.findIndex((each) => cleanPath(each.target) === cleanPath(target)) < index,
  );
  const madeVolumes = spec.volumes
    .map((each, index) => ({ ...each, field: `volumes.${index}` }))
    .filter((each) => each.create && !each.source.startsWith('/'));
  const joined = spec.networks.join(', ');
  const mixed = spec.networks.length > 1 && !spec.networks.every(isUserDefinedNetwork);
  return [
    ...twice.map(({ field, target }) => ({
      field,
      value: target,
      rule: `has the target ${target} a second time`,
    })),
    ...problem(
      spec.sharedVolumes.length > 0 && spec.group === null,
      'group',
      null,
      'is needed by sharedVolumes',
    ),
    ...problem(
      hostNetwork && spec.networks.length > 0,
      'networks',
      joined,
      'cannot be joined with security.hostNetwork',
    ),
    ...problem(
      spec.build !== null && spec.image.includes('sha256:'),
      'image',
      spec.image,
      'must be a name and a tag: it is what the build gets',
    ),
    ...problem(mixed, 'networks', joined, 'cannot mix networks of your own with bridge, host or none'),
    ...problem(
      hostNetwork && spec.ports.length > 0,
      'ports',
      spec.ports.join(', '),
      'have no meaning with security.hostNetwork',
    ),
    ...madeVolumes.map(({ field, source }) => ({
      field,
      value: source,
      rule: 'has "create" for paths of the host only: a named volume is always made when it is absent',
    })),
  ];
}

function problem(when: boolean, field: string, value: unknown, rule: string): readonly FieldProblem[] {
  return when ? [{ field, value, rule }] : [];
}

/** `over` wins. */
export function mergeFields(under: SpecInput, over: SpecInput): SpecInput {
  const both = <Part extends object>(a: Part | undefined, b: Part | undefined): Part | undefined =>
    a === undefined ? b : b === undefined ? a : { ...a, ...defined(b) };
  return {
    ...under,
    ...defined(over),
    resources: both(under.resources, over.resources),
    env: both(under.env, over.env),
    tags: both(under.tags, over.tags),
    tmpfs: both(under.tmpfs, over.tmpfs),
    security: both(under.security, over.security),
    logging: both(under.logging, over.logging),
    idle: both(under.idle, over.idle),
    snapshots: both(under.snapshots, over.snapshots),
  };
}

type Defined<Part> = { [Key in keyof Part]: Exclude<Part[Key], undefined> };

function defined<Part extends object>(part: Part): Partial<Defined<Part>> {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as Partial<
    Defined<Part>
  >;
}
