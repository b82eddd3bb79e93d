/** What the verbs on an agent take. */
import { z } from 'zod';
import { SNAPSHOT_NAME_HELP, SNAPSHOT_NAME_RULE } from '../snapshot-name.ts';
import { cpuInput, line, memoryInput, pidsInput, secondsInput, text } from './primitives.ts';
import { agentName, idleInput, snapshotRuleInput, ttlInput } from './spawn-input.ts';
import { restartInput } from './spec-fields.ts';

export const startInput = z.strictObject({
  /** Agrees to a new container from its newest snapshot when its container is gone. */
  fromSnapshot: z.boolean().default(false),
});

export const stopInput = z.strictObject({
  /** Milliseconds that the main process has to end by itself before it is killed. */
  timeout: z.number().int().min(0).max(3_600_000).default(10_000),
  /** Milliseconds before anything is sent at all; meanwhile the stop can be taken back. */
  delay: z.number().int().min(0).max(60_000).default(0),
  /** Takes a snapshot first, or takes none; left out: as the agent's rule says. When it fails, it is not stopped. */
  snapshot: z.boolean().optional(),
});
export type StopInput = z.output<typeof stopInput>;

export const killInput = z.strictObject({
  signal: z
    .string()
    .regex(/^(?:SIG)?[A-Z0-9+-]{1,16}$/, 'must be a signal such as SIGKILL or HUP')
    .default('SIGKILL'),
});

export const removeInput = z.strictObject({
  force: z.boolean().default(false),
  timeout: z.number().int().min(0).max(3_600_000).default(10_000),
  /** Milliseconds before anything is done at all; meanwhile the removal can be taken back. */
  grace: z.number().int().min(0).max(60_000).default(0),
  /** Takes a snapshot first, or takes none; left out: as the agent's rule says. When it fails, it is not removed. */
  snapshot: z.boolean().optional(),
});

export const renameInput = z.strictObject({ name: agentName });

/** What can change while it runs, and what is only noted here. */
export const updateInput = z.strictObject({
  name: agentName.optional(),
  resources: z
    .strictObject({
      memory: memoryInput.optional(),
      cpu: cpuInput.optional(),
      pids: pidsInput.optional(),
    })
    .optional(),
  restart: restartInput.optional(),
  idle: idleInput.optional(),
  ttl: ttlInput.optional(),
  snapshots: snapshotRuleInput.optional(),
  notes: text(20_000).optional(),
  color: z.enum(['grey', 'red', 'amber', 'green', 'teal', 'blue', 'violet']).nullable().optional(),
  /** Only so that an attempt to change one can be told from an unknown field: it answers TAGS_IMMUTABLE. */
  tags: z.unknown().optional(),
});
export type UpdateInput = Omit<z.output<typeof updateInput>, 'name' | 'tags'>;

/** Beside the fields of a spec that shall be other than they are (merge-input.ts), null for "as the type has it". */
export const recreateInput = z.looseObject({
  /** Milliseconds that the old main process has to end by itself. */
  timeout: z.number().int().min(0).max(3_600_000).default(10_000),
});

/** The same for another agent. */
export const cloneInput = z.looseObject({
  name: agentName.optional(),
  host: line(63).optional(),
});

/** New volumes with what was copied along with the snapshot; false: the same volumes as its agent. Left out: when there are copies. */
const copiesInput = z.boolean().optional();

export const forkInput = z
  .strictObject({
    name: agentName.optional(),
    count: z
      .number('must be a whole number from 1 to 50')
      .int('must be a whole number from 1 to 50')
      .min(1, 'must be at least 1')
      .max(50, 'must be at most 50')
      .default(1),
    /** Fields of a spawn that shall be other than those of the snapshot's agent. */
    spec: z.record(z.string(), z.unknown()).default({}),
    volumes: copiesInput,
  })
  .refine((wish) => wish.name === undefined || wish.count === 1, {
    path: ['name'],
    message: 'names one agent, not several',
  });

export const restoreInput = z.strictObject({
  /** Id or name of one of the agent's snapshots. */
  snapshot: z
    .string('must name a snapshot')
    .min(1, 'must name a snapshot')
    .max(128, 'at most 128 characters'),
  volumes: copiesInput,
  /** Milliseconds that the old main process has to end by itself. */
  timeout: z.number().int().min(0).max(3_600_000).default(10_000),
});

export const keepAliveInput = z.strictObject({
  /** How long idle time is not counted; left out: as long as its idle timeout. */
  seconds: secondsInput.optional(),
});

export const adoptInput = z.strictObject({
  /** Name or id of a container that Slipway did not make. */
  container: line(256).min(1, 'must name a container'),
  host: line(63).default('auto'),
  name: agentName.optional(),
});

export const BULK_VERBS = [
  'start',
  'stop',
  'restart',
  'pause',
  'resume',
  'kill',
  'remove',
  'snapshot',
  'update',
] as const;

const among = z.union([line(256).transform((one) => [one]), z.array(line(256)).max(100)]).optional();

export const bulkInput = z
  .strictObject({
    verb: z.enum(BULK_VERBS),
    /** Names or ids. */
    agents: z.array(line(128).min(1)).max(1000).optional(),
    /** The same filter as of the list, instead of names. */
    filter: z
      .strictObject({
        status: among,
        type: among,
        role: among,
        host: among,
        tag: among,
        q: line(256).optional(),
      })
      .optional(),
    /** What the verb takes. */
    input: z.record(z.string(), z.unknown()).default({}),
    /** Says what it would hit and does nothing. */
    dryRun: z.boolean().default(false),
  })
  .refine((input) => (input.agents === undefined) !== (input.filter === undefined), {
    path: ['agents'],
    message: 'must be given, or a filter, and not both',
  });

/** A docker run command, as pasted. */
export const commandInput = z.strictObject({ command: text(65_536).min(1, 'must be a docker run command') });

export const pruneInput = z.strictObject({
  host: line(63).optional(),
  /** Stopped agents whose last end is longer ago; left out: none are removed. */
  agentsOlderThan: secondsInput.optional(),
  /** Images without a name that nothing uses. */
  images: z.boolean().default(false),
  networks: z.boolean().default(false),
  volumes: z.boolean().default(false),
  dryRun: z.boolean().default(true),
});
export type PruneInput = z.output<typeof pruneInput>;

export const snapshotChangeInput = z.strictObject({ comment: line(1000) });

export const snapshotInput = z.strictObject({
  name: z.string().regex(SNAPSHOT_NAME_RULE, SNAPSHOT_NAME_HELP).optional(),
  comment: line(1000).default(''),
  pause: z.boolean().default(true),
  /** Copies named volumes along: all that can be, or those at these paths. */
  volumes: z.union([z.boolean(), z.array(line(4096).min(1)).max(64)]).default(false),
});
