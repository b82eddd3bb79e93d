/** What is in a folder, whichever way can see it, kept for a moment so that its pages fit together. */
import { AppError } from '#lib/domain/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { FilePlace } from './file-place.ts';
import { indexFolder, type FileIndex, type IndexedFile } from './file-index.ts';
import { readRecords, type FileRecord } from './file-records.ts';
import { runInside } from './file-shell.ts';

export interface FolderList {
  readonly source: 'inside' | 'archive';
  readonly files: readonly (FileRecord | IndexedFile)[];
  readonly complete: boolean;
  /** Where `source` is the archive. */
  readonly index: FileIndex | null;
}

interface Kept<Value> {
  readonly containerId: string;
  readonly key: string;
  readonly until: number;
  readonly value: Promise<Value>;
}

const PAGES_MS = 30_000;
/** A container that does not run changes by us alone, or behind our back. */
const RESTING_MS = 5 * 60_000;
const MOVING_MS = 10_000;
const MOST_KEPT = 4;
const MOST_BYTES = 32 * 1024 ** 2;

export class Folders {
  readonly #now: () => number;
  #lists: readonly Kept<FolderList | null>[] = [];
  #indexes: readonly Kept<FileIndex>[] = [];

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** `again`: what was listed a moment ago will do. Throws NOT_FOUND, VALIDATION for what is no folder. */
  async list(
    place: FilePlace,
    folder: string,
    { again, fresh }: { readonly again: boolean; readonly fresh: boolean },
  ): Promise<FolderList> {
    const { containerId, era } = place;
    const key = `${era} ${folder}`;
    const known = again ? find(this.#lists, containerId, key, this.#now()) : undefined;
    const inside =
      known ??
      this.#keep({
        containerId,
        key,
        until: this.#now() + PAGES_MS,
        value: listInside(place, folder),
      });
    return (await inside) ?? (await this.#packed(place, folder, fresh));
  }

  /** Something of it was changed, by us. */
  forget(containerId: string): void {
    this.#lists = this.#lists.filter((each) => each.containerId !== containerId);
    this.#indexes = this.#indexes.filter((each) => each.containerId !== containerId);
  }

  #keep(kept: Kept<FolderList | null>): Promise<FolderList | null> {
    const others = this.#lists.filter((each) => each.until > this.#now() && each.key !== kept.key);
    this.#lists = [kept, ...others].slice(0, MOST_KEPT);
    kept.value.catch(() => {
      this.#lists = this.#lists.filter((each) => each !== kept);
    });
    return kept.value;
  }

  async #packed(place: FilePlace, folder: string, fresh: boolean): Promise<FolderList> {
    const index = await this.#index(place, folder, fresh);
    return { source: 'archive', files: index.entriesOf(folder), complete: index.complete, index };
  }

  async #index({ engine, containerId, era, status }: FilePlace, folder: string, fresh: boolean) {
    const now = this.#now();
    const held = fresh
      ? []
      : this.#indexes.filter(
          (each) => each.containerId === containerId && each.key === era && each.until > now,
        );
    for (const { value } of held) {
      const index = await value.catch(() => null);
      if (index?.covers(folder) === true) return index;
    }
    await refuseUnlessFolder(engine, containerId, folder);
    const until = now + (status === 'running' ? MOVING_MS : RESTING_MS);
    const kept: Kept<FileIndex> = {
      containerId,
      key: era,
      until,
      value: indexFolder(engine, containerId, folder),
    };
    this.#indexes = [kept, ...this.#indexes.filter((each) => each.until > now)].slice(0, MOST_KEPT);
    kept.value.catch(() => {
      this.#indexes = this.#indexes.filter((each) => each !== kept);
    });
    return kept.value;
  }
}

function find<Value>(
  kept: readonly Kept<Value>[],
  containerId: string,
  key: string,
  now: number,
): Promise<Value> | undefined {
  return kept.find((each) => each.containerId === containerId && each.key === key && each.until > now)?.value;
}

/** null: it cannot be seen from inside. */
async function listInside(place: FilePlace, folder: string): Promise<FolderList | null> {
  const answer = await runInside(place, 'list', [folder], { maxBytes: MOST_BYTES });
  if (answer?.exitCode !== 0) return null;
  return {
    source: 'inside',
    files: readRecords(answer.stdout),
    complete: !answer.truncated,
    index: null,
  };
}

async function refuseUnlessFolder(
  engine: Pick<Engine, 'statPath'>,
  containerId: string,
  folder: string,
): Promise<void> {
  const facts = await engine.statPath(containerId, folder);
  if (facts === null) throw new AppError('NOT_FOUND', `There is no ${folder}`);
  if (facts.kind !== 'directory') throw new AppError('VALIDATION', `${folder} is no folder`);
}
