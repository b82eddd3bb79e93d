/** The texts about the archive of logs, in English. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk of the data directory is full',
  EDQUOT: 'the quota of the data directory is used up',
  EIO: 'the disk of the data directory does not work',
  EROFS: 'the data directory can only be read',
};

export const archiveWords = {
  paused: (reason: string, since: string) =>
    `Logs are not archived since ${since}: ${REASONS[reason] ?? reason}. They are still shown, and what the engine keeps is archived once that is mended.`,
} as const;
