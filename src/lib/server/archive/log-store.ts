import { join } from 'node:path';
import type { AgentId, HostId } from '#lib/domain/ids.ts';
import type { LogSegmentRepository } from '../storage/log-segments.ts';
import { ArchiveHealth, type ArchivePause } from './archive-health.ts';
import { ArchiveReader } from './archive-reader.ts';
import type { LineTally } from './line-tally.ts';
import { LogArchive } from './log-archive.ts';

/** The archive with what watches over it and what reads it. */
export interface LogStore {
  readonly archive: LogArchive;
  readonly reader: ArchiveReader;
  readonly health: ArchiveHealth;
  readonly segments: LogSegmentRepository;
}

export function makeLogStore(parts: {
  readonly dataDir: string;
  readonly segments: LogSegmentRepository;
  readonly hostOf: (agentId: AgentId) => HostId | null;
  readonly counted?: (agentId: AgentId, tally: LineTally) => void;
  readonly pauseChanged?: (pause: ArchivePause | null) => void;
  readonly retryMs?: number;
}): LogStore {
  const { segments, hostOf, counted, retryMs } = parts;
  const root = join(parts.dataDir, 'logs');
  const health = new ArchiveHealth(
    root,
    (pause) => parts.pauseChanged?.(pause),
    retryMs === undefined ? {} : { retryMs },
  );
  const archive = new LogArchive({
    ...{ root, segments, health, hostOf },
    ...(counted === undefined ? {} : { counted }),
  });
  return { archive, reader: new ArchiveReader(archive), health, segments };
}
