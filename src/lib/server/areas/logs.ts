/** The archive of logs and the search over it. */
import { availableParallelism } from 'node:os';
import type { LogLevel } from '#lib/domain/log-level.ts';
import { makeLogStore, type LogStore } from '../archive/log-store.ts';
import { SearchThreads } from '../archive/search-threads.ts';
import { startSearchThread } from '../archive/search-thread-start.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { ArchiveRetention } from '../loops/archive-retention.ts';
import { ArchiveService } from '../services/archive.ts';
import { LogSearchService } from '../services/log-search.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { Journal } from '../storage/journal.ts';
import type { LogSegmentRepository } from '../storage/log-segments.ts';
import type { LineCounts } from '../streams/line-counts.ts';
import type { Area, AreaParts } from './area.ts';

/** Made before everything that reads or writes logs. */
export function openLogStore(parts: {
  readonly config: Config;
  readonly segments: LogSegmentRepository;
  readonly agents: AgentRepository;
  readonly journal: Journal;
  readonly log: Log;
  readonly lineCounts: LineCounts;
}): LogStore {
  const { config, segments, agents, journal, log, lineCounts } = parts;
  return makeLogStore({
    dataDir: config.dataDir,
    segments,
    hostOf: (id) => agents.byId(id)?.hostId ?? null,
    counted: (id, { minutes }) => {
      for (const [minute, levels] of minutes) count(lineCounts, id, Date.parse(`${minute}:00Z`), levels);
    },
    pauseChanged: (pause) => {
      if (pause === null) log.info('the archive of logs is written again');
      else log.error({ reason: pause.reason }, 'the archive of logs is paused');
      try {
        journal.commit((tell) => {
          tell({ kind: 'changed', what: 'archive', subject: pause?.reason ?? '', by: 'archive' });
        });
      } catch (error) {
        // the database may be on the same full disk; health and the page's next look tell it
        log.error({ err: error }, 'the pause of the archive could not be told');
      }
    },
  });
}

export function composeLogs({ agents, records, config, log, logStore }: AreaParts) {
  const { archive, health } = logStore;
  const rule = { keepDays: config.logsKeepDays, maxBytes: config.logsMaxBytes };
  const threads = new SearchThreads(Math.min(4, Math.max(2, availableParallelism() - 1)), startSearchThread);
  const retention = new ArchiveRetention(logStore, rule, (error) => {
    log.error({ err: error }, 'the archive could not be cleared');
  });
  const search = new LogSearchService({ agents, records, archive, threads });
  return {
    services: { archive: new ArchiveService(logStore, rule), logSearch: search },
    start: () => {
      retention.start();
    },
    close: async () => {
      await threads.close();
      await retention.close();
      health.close();
      await archive.close();
    },
  } satisfies Area<object>;
}

function count(
  counts: LineCounts,
  agentId: string,
  atMs: number,
  levels: ReadonlyMap<LogLevel, number>,
): void {
  for (const [level, lines] of levels) counts.add(agentId, atMs, level, lines);
}
