/**
 * The file that one container's newest records are appended to. Lines wait in memory while one write is under way; a full file is given away and a
 * new one begun. After a write that failed nothing more is taken until `repair()`.
 */
import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { fullFile, openFile } from './archive-part.ts';
import { LineTally } from './line-tally.ts';
import { repairFile } from './repair-file.ts';
import { SEGMENT_BYTES, toRecord } from './segment-format.ts';

/** When so much waits to be written, no more is read from the engine. Characters. */
const MOST_WAITING = 4 * 1024 * 1024;

export interface FileOwner {
  /** Takes over a full file. `tally` is of all its lines, null when it was begun by an earlier process. */
  filled(path: string, firstSeq: number, tally: LineTally | null): void;
  /** Lines were written. */
  counted(tally: LineTally): void;
  /** A write did not work. */
  failed(error: unknown): void;
}

export class ContainerFile {
  readonly containerId: string;
  readonly path: string;
  readonly #folder: string;
  readonly #owner: FileOwner;
  #handle: FileHandle | null = null;
  #bytes = 0;
  #firstSeq: number | null = null;
  #waiting: (readonly LogLine[])[] = [];
  #waitingSize = 0;
  /** Lines, in all. */
  #taken = 0;
  #written = 0;
  #work: Promise<void> | null = null;
  #step = Promise.withResolvers<undefined>();
  #relief: PromiseWithResolvers<undefined> | null = null;
  #tally: LineTally | null = null;
  #isSound = false;

  /** It takes lines after its first `repair()`. */
  constructor(folder: string, containerId: string, owner: FileOwner) {
    this.#folder = folder;
    this.containerId = containerId;
    this.path = openFile(folder, containerId);
    this.#owner = owner;
  }

  /** Of what is in the file; null when nothing is. */
  get firstSeq(): number | null {
    return this.#firstSeq;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False: it cannot be written, and the lines are not kept. */
  append(lines: readonly LogLine[]): boolean {
    if (!this.#isSound) return false;
    this.#waiting.push(lines);
    this.#taken += lines.length;
    for (const { text } of lines) this.#waitingSize += text.length;
    this.#work ??= this.#write();
    return true;
  }

  /** Resolves when less waits to be written; null when it is little enough. */
  relief(): Promise<void> | null {
    if (this.#waitingSize < MOST_WAITING) return null;
    this.#relief ??= Promise.withResolvers();
    return this.#relief.promise;
  }

  /** What was taken until now is written, or was lost with a write that failed. */
  async flushed(): Promise<void> {
    const taken = this.#taken;
    while (this.#written < taken && this.#work !== null) await this.#step.promise;
  }

  /** Takes off what a crash or a failed write left of a record. Afterwards lines are taken. Throws what the disk says. */
  async repair(): Promise<void> {
    await this.#idle();
    if (this.#isSound) return;
    const { bytes, firstSeq } = await repairFile(this.path);
    this.#bytes = bytes;
    this.#firstSeq = firstSeq;
    this.#tally = firstSeq === null ? new LineTally() : null;
    this.#isSound = true;
  }

  /** Gives away what it has, full or not. */
  async giveAway(): Promise<void> {
    await this.#idle();
    if (this.#firstSeq !== null && this.#isSound) await this.#turn(this.#firstSeq);
  }

  async close(): Promise<void> {
    await this.#idle();
    await this.#closeHandle();
  }

  async #idle(): Promise<void> {
    while (this.#work !== null) await this.#work;
  }

  async #write(): Promise<void> {
    try {
      // what is taken meanwhile is written at once with the next
      await Promise.resolve();
      for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
        await this.#writeBatch(batch);
        this.#written += batch.length;
        this.#step.resolve(undefined);
        this.#step = Promise.withResolvers();
      }
    } catch (error) {
      this.#isSound = false;
      this.#next();
      this.#written = this.#taken;
      await this.#closeHandle();
      this.#owner.failed(error);
    } finally {
      this.#work = null;
      this.#step.resolve(undefined);
      this.#step = Promise.withResolvers();
    }
  }

  #next(): readonly LogLine[] {
    const batch = this.#waiting.flat();
    this.#waiting = [];
    this.#waitingSize = 0;
    this.#relief?.resolve(undefined);
    this.#relief = null;
    return batch;
  }

  async #writeBatch(lines: readonly LogLine[]): Promise<void> {
    const records = Buffer.from(lines.map(toRecord).join(''));
    if (this.#handle === null) {
      await mkdir(this.#folder, { recursive: true });
      this.#handle = await open(this.path, 'a');
    }
    await this.#handle.appendFile(records);
    this.#bytes += records.length;
    this.#firstSeq ??= lines[0]?.seq ?? null;
    const tally = new LineTally();
    for (const line of lines) tally.add(line);
    this.#tally?.join(tally);
    this.#owner.counted(tally);
    if (this.#bytes >= SEGMENT_BYTES && this.#firstSeq !== null) await this.#turn(this.#firstSeq);
  }

  async #turn(firstSeq: number): Promise<void> {
    await this.#closeHandle();
    const full = fullFile(this.#folder, this.containerId, firstSeq);
    await rename(this.path, full);
    const tally = this.#tally;
    this.#bytes = 0;
    this.#firstSeq = null;
    this.#tally = new LineTally();
    this.#owner.filled(full, firstSeq, tally);
  }

  async #closeHandle(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close().catch(() => undefined);
  }
}
