/** Files of agents. */
import { join } from 'node:path';
import { Folders } from '../services/file-folders.ts';
import { Spool } from '../services/file-spool.ts';
import { FileTrail } from '../services/file-trail.ts';
import { FileService } from '../services/files.ts';
import type { Area, AreaParts } from './area.ts';

export function composeFiles({ agents, config, fleet, journal }: AreaParts) {
  const spool = new Spool(join(config.dataDir, 'uploads'));
  const files = new FileService({
    agents,
    fleet,
    spool,
    folders: new Folders(),
    trail: new FileTrail(journal),
  });
  return {
    services: { files },
    start: () => spool.start(),
    close: () => undefined,
  } satisfies Area<object>;
}
