/** An agent as people and scripts ask for one. What is left out comes from the type, the host and the instance (resolve-spec.ts). */
import { z } from 'zod';
import { AGENT_NAME_HELP, AGENT_NAME_RULE } from '../agent-name.ts';
import { IDLE_MODES, PULL_POLICIES, SECRET_DELIVERIES, SECURITY_PROFILES } from '../agent-spec.ts';
import { recipeInput } from './build-fields.ts';
import { sharedVolumesInput, tmpfsInput, volumesInput } from './mount-fields.ts';
import {
  absolutePath,
  bytesInput,
  cpuInput,
  line,
  mapOf,
  memoryInput,
  pidsInput,
  secondsInput,
  text,
  word,
  words,
} from './primitives.ts';
import {
  devicesInput,
  dnsInput,
  extraHostsInput,
  gpusInput,
  hostnameInput,
  networksInput,
  portsInput,
  readinessInput,
  restartInput,
  ulimitsInput,
} from './spec-fields.ts';

export const agentName = z.string().regex(AGENT_NAME_RULE, AGENT_NAME_HELP);

export const secretName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/,
    'must be the name of a secret: letters, digits, "_", "." and "-"',
  );

const envValue = z.union(
  [
    text(131_072).regex(/^[^\0]*$/, 'must not hold a NUL character'),
    z.strictObject({ secret: secretName, delivery: z.enum(SECRET_DELIVERIES).default('file') }),
  ],
  { error: (issue) => (typeof issue.input === 'string' ? undefined : 'must be a text, or {"secret": name}') },
);

const envInput = mapOf(envValue).superRefine((env, context) => {
  for (const key of Object.keys(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) {
      context.addIssue({
        code: 'custom',
        path: [key],
        message: 'a name is letters, digits and "_", first no digit',
      });
    }
  }
});

const tagsInput = mapOf(line(256)).superRefine((tags, context) => {
  for (const key of Object.keys(tags)) {
    if (!/^[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/.test(key)) {
      context.addIssue({
        code: 'custom',
        path: [key],
        message: 'a tag key is letters, digits, ".", "_" and "-", at most 63',
      });
    }
  }
});

/** `{mode, timeout}`, either alone, or a mode as a word. */
export const idleInput = z.union(
  [
    z.enum(IDLE_MODES).transform((mode) => ({ mode, timeout: undefined })),
    z.strictObject({ mode: z.enum(IDLE_MODES).optional(), timeout: secondsInput.optional() }),
  ],
  `must be {"mode", "timeout"} with a mode of ${IDLE_MODES.join(', ')}`,
);

/** null or `0` or `none` takes it away. */
export const ttlInput = z.union(
  [z.literal([0, 'none', null]).transform(() => null), secondsInput],
  'must be a time such as 8h, or 0 for none',
);

const KEEP_RULE = 'must be a whole number from 1 to 1000';

/** Snapshots that are taken by themselves; `every` or `keep` as 0 or `none` takes the rule away. */
export const snapshotRuleInput = z.strictObject({
  beforeStop: z.boolean().optional(),
  beforeRemove: z.boolean().optional(),
  every: z
    .union(
      [
        z.literal([0, 'none', null]).transform(() => null),
        secondsInput.refine((seconds) => seconds >= 60, 'must be a minute or more'),
      ],
      'must be a time of a minute or more, such as 6h, or 0 for none',
    )
    .optional(),
  keep: z
    .union(
      [
        z.literal([0, 'none', null]).transform(() => null),
        z.number(KEEP_RULE).int(KEEP_RULE).min(1, KEEP_RULE).max(1000, KEEP_RULE),
      ],
      KEEP_RULE,
    )
    .optional(),
});

/** Empty counts as left out: agents without a group have no group in common. */
const label = line(128).transform((value) => (value === '' ? undefined : value));

const MAX_FILE_RULE = 'must be a whole number from 1 to 100';

/** The fields that make a spec: what a type may preset and what one agent may say otherwise. */
const specFields = {
  image: line(512).min(1, 'must name an image').optional(),
  /** null: builds nothing, whatever the type says. */
  build: recipeInput.nullable().optional(),
  pull: z.enum(PULL_POLICIES).optional(),
  command: words.optional(),
  entrypoint: words.optional(),
  workdir: absolutePath.optional(),
  user: word(128).optional(),
  hostname: hostnameInput.optional(),
  tty: z.boolean().optional(),
  stdin: z.boolean().optional(),
  resources: z
    .strictObject({
      memory: memoryInput.optional(),
      cpu: cpuInput.optional(),
      pids: pidsInput.optional(),
      gpus: gpusInput.optional(),
      shmSize: bytesInput.optional(),
      ulimits: ulimitsInput.optional(),
      diskQuota: bytesInput.optional(),
    })
    .optional(),
  env: envInput.optional(),
  volumes: volumesInput.optional(),
  sharedVolumes: sharedVolumesInput.optional(),
  tmpfs: tmpfsInput.optional(),
  devices: devicesInput.optional(),
  dns: dnsInput.optional(),
  extraHosts: extraHostsInput.optional(),
  networks: networksInput.optional(),
  ports: portsInput.optional(),
  security: z
    .strictObject({
      profile: z.enum(SECURITY_PROFILES).optional(),
      privileged: z.boolean().optional(),
      hostNetwork: z.boolean().optional(),
      hostPid: z.boolean().optional(),
      engineSocket: z.boolean().optional(),
    })
    .optional(),
  runtime: word(128).optional(),
  restart: restartInput.optional(),
  logging: z
    .strictObject({
      maxSize: z
        .string()
        .regex(/^[1-9]\d*[kmg]$/, 'must be a size such as 10m')
        .optional(),
      maxFile: z.number().int(MAX_FILE_RULE).min(1, MAX_FILE_RULE).max(100, MAX_FILE_RULE).optional(),
    })
    .optional(),
  tags: tagsInput.optional(),
  readiness: readinessInput.optional(),
  idle: idleInput.optional(),
  ttl: ttlInput.optional(),
  snapshots: snapshotRuleInput.optional(),
  role: label.optional(),
  group: label.optional(),
  capabilities: z.array(line(128)).max(64).optional(),
  ssh: z.boolean({ error: 'must be true or false' }).optional(),
  startArgs: z.array(text(32_768)).max(1024).optional(),
};

/** The fields alone: what recreate and clone take as changes, and what a type presets. */
export const specInput = z.strictObject(specFields);
export type SpecInput = z.output<typeof specInput>;

export const spawnInput = z.strictObject({
  name: agentName.optional(),
  type: z.string({ error: 'Agent type is required' }).min(1, 'Agent type is required'),
  host: line(63).default('auto'),
  ...specFields,
});
