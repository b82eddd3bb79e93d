/** What a sender takes the file to be, so that nobody overwrites what they have not seen. */
import { AppError } from '#lib/domain/errors.ts';
import type { FoundFile } from './file-lookup.ts';
import type { FilePlace } from './file-place.ts';
import { headOf, openContent, SMALL_BYTES, versionOf } from './file-reading.ts';

export interface Conditions {
  /** The version that is to be replaced; `*`: any. */
  readonly ifMatch?: string | undefined;
  /** Only where there is nothing yet. */
  readonly onlyNew?: boolean;
}

/** Throws CONFLICT. */
export async function refuseOther(
  place: FilePlace,
  path: string,
  file: FoundFile | null,
  { ifMatch, onlyNew = false }: Conditions,
  signal: AbortSignal,
): Promise<void> {
  if (onlyNew && file !== null)
    throw new AppError('CONFLICT', `${path} is there already`, {
      hint: 'Choose another name, or replace it.',
    });
  if (ifMatch === undefined) return;
  const now = file === null ? null : await versionNow(place, path, file, signal);
  if (now !== null && (ifMatch === '*' || ifMatch === now)) return;
  throw new AppError('CONFLICT', now === null ? `${path} is gone` : `${path} is not what it was`, {
    hint: 'Somebody, or the agent, changed it meanwhile. Look at it again before you replace it.',
  });
}

async function versionNow(
  place: FilePlace,
  path: string,
  file: FoundFile,
  signal: AbortSignal,
): Promise<string> {
  if (file.size > SMALL_BYTES) return versionOf(file, null);
  const { bytes } = await openContent(place, path, signal);
  const { head, cut } = await headOf(bytes, SMALL_BYTES);
  return versionOf(file, cut ? null : head);
}
