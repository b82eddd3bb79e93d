/** What stands beside the image in an exported snapshot (`slipway/snapshot.json`), and what an import, a push and a copy take. */
import { z } from 'zod';
import { SNAPSHOT_NAME_HELP, SNAPSHOT_NAME_RULE } from '../snapshot-name.ts';
import { line, text } from './primitives.ts';
import { agentName } from './spawn-input.ts';

export const SNAPSHOT_FILE = 'slipway/snapshot.json';
export const SNAPSHOT_FILE_VERSION = 1;

/** The name of a copied volume in the file. */
export function volumeEntry(n: number): string {
  return `slipway/volumes/${n}.tar.gz`;
}

const snapshotName = z.string().regex(SNAPSHOT_NAME_RULE, SNAPSHOT_NAME_HELP);

/** Of a later version more may stand in it. */
export const snapshotFile = z.object({
  version: z.literal(
    SNAPSHOT_FILE_VERSION,
    `must be ${SNAPSHOT_FILE_VERSION}: another version of Slipway wrote it`,
  ),
  name: snapshotName,
  agentName,
  agentId: z.string().regex(/^[0-9a-hjkmnp-tv-z]{20}$/, 'must be an id'),
  type: line(63).min(1),
  comment: line(1000),
  createdAt: z.iso.datetime(),
  /** The body of a spawn that makes its agent, without a name. Secrets are in it by their names only. */
  spec: z.record(z.string(), z.unknown()),
  /** Names of the snapshots before it, the nearest first. */
  lineage: z.array(line(256)).max(1000),
  platform: line(64).nullable(),
  /** Bytes of the image, as its engine counted. */
  size: z.number().int().min(0),
  secrets: z.array(line(128)).max(1000),
  volumes: z
    .array(z.strictObject({ target: text(4096), name: line(256), size: z.number().int().min(0) }))
    .max(64),
});
export type SnapshotFile = z.output<typeof snapshotFile>;

export const importInput = z.strictObject({
  /** Of whom it shall be; left out: of whom the file says. */
  agent: agentName.optional(),
  name: snapshotName.optional(),
  host: line(63).default('auto'),
});

export const pushInput = z.strictObject({
  reference: line(512).min(1, 'must be the name that it gets in the registry'),
});

export const copyInput = z.strictObject({ host: line(63).min(1, 'must name a host') });
