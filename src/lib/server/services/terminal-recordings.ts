/** What was recorded of terminal sessions: files of the data directory that only Slipway's own user may read. */
import { createReadStream, mkdirSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { notFound } from '#lib/domain/errors.ts';
import type { TerminalSize } from '../engine/engine.ts';
import type { Journal } from '../storage/journal.ts';
import type { TerminalRepository, TerminalRow } from '../storage/terminals.ts';
import { TerminalRecording } from '../streams/terminal-recording.ts';

export class TerminalRecordings {
  readonly #folder: string;
  readonly #journal: Journal;
  readonly #terminals: TerminalRepository;

  constructor(parts: {
    readonly dataDir: string;
    readonly journal: Journal;
    readonly terminals: TerminalRepository;
  }) {
    this.#folder = join(parts.dataDir, 'recordings');
    this.#journal = parts.journal;
    this.#terminals = parts.terminals;
  }

  begin({ id, agentName }: TerminalRow, size: TerminalSize, title: string): TerminalRecording {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    return new TerminalRecording(this.#path(id), size, `${agentName}: ${title}`);
  }

  /** Throws NOT_FOUND when there is none. */
  async read(row: TerminalRow): Promise<{ readonly bytes: number; readonly file: Readable }> {
    const found = row.recorded ? await stat(this.#path(row.id)).catch(() => null) : null;
    if (found === null) throw notFound('recording', row.id);
    return { bytes: found.size, file: createReadStream(this.#path(row.id)) };
  }

  async drop(row: TerminalRow, by: string): Promise<void> {
    await rm(this.#path(row.id), { force: true });
    this.#journal.commit((tell) => {
      this.#terminals.recordingGone(row.id);
      tell({ kind: 'changed', what: 'terminals', subject: row.agentId, by });
    });
  }

  /** Those of sessions that ended before this time (milliseconds since 1970). */
  async dropBefore(time: number): Promise<void> {
    for (const row of this.#terminals.recordedBefore(time)) await this.drop(row, 'retention');
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.cast`);
  }
}
