import { AppError } from '#lib/domain/errors.ts';
import type { FileFacts, FileKind } from '../image-facts.ts';
import { number, object, text, time } from './shapes.ts';

/** Bits of a mode as Go counts them: what a file is stands above its permissions, not as the kernel has it. */
const DIRECTORY = 0x8000_0000;
const LINK = 0x0800_0000;
/** Links, devices, pipes, sockets, character devices and what is none of all. */
const OTHER = 0x0400_0000 | 0x0200_0000 | 0x0100_0000 | 0x0020_0000 | 0x0008_0000;
const PERMISSIONS = 0o777;

/** From the header of the engine's answer: JSON in base64. Of a link, `linkTarget` is where it leads from the root on. */
export function toFileFacts(path: string, header: unknown): FileFacts {
  const stat = object(decoded(header));
  const mode = number(stat['mode']);
  if (mode === null) throw new AppError('ENGINE_ERROR', `The engine did not say what ${path} is`);
  return {
    path,
    kind: kindOf(mode),
    size: number(stat['size']) ?? 0,
    mode: mode & PERMISSIONS,
    modifiedAt: time(stat['mtime']) ?? 0,
    linkTarget: text(stat['linkTarget']) || null,
  };
}

function kindOf(mode: number): FileKind {
  if ((mode & DIRECTORY) !== 0) return 'directory';
  if ((mode & LINK) !== 0) return 'link';
  return (mode & OTHER) === 0 ? 'file' : 'other';
}

function decoded(header: unknown): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(text(header), 'base64').toString());
    return value;
  } catch {
    return null;
  }
}
