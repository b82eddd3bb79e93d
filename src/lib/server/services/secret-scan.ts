/** Looks for the values of secrets in an image: in every file of every layer, and in what the image says about itself. */
import type { SnapshotScan } from '#lib/protocol/views.ts';
import type { Engine } from '../engine/engine.ts';
import { walkImage } from './image-walk.ts';

/** Shorter ones stand in any image by chance. */
const MIN_BYTES = 6;
const MAX_FILES = 100;

interface Needle {
  readonly secret: string;
  readonly bytes: Buffer;
}

/** `none` when there is nothing to look for. Rejects when the image cannot be read. */
export async function scanImage(
  engine: Pick<Engine, 'saveImages'>,
  image: string,
  secrets: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<SnapshotScan> {
  const needles = [...secrets].flatMap(([secret, value]) => needlesOf(secret, value));
  if (needles.length === 0) return { state: 'none' };
  const files: { readonly path: string; readonly secret: string }[] = [];
  await walkImage(engine.saveImages([image], signal), async (file, content) => {
    if (file.type !== 'file' || files.length >= MAX_FILES) return;
    const path = file.layer === null ? `(${file.path})` : `/${file.path}`;
    for (const secret of await find(content, needles)) files.push({ path, secret });
  });
  signal.throwIfAborted();
  return files.length === 0 ? { state: 'clean' } : { state: 'found', files };
}

/** As it is, and as JSON would write it. */
function needlesOf(secret: string, value: string): readonly Needle[] {
  const forms = [...new Set([value, value.trim(), JSON.stringify(value).slice(1, -1)])];
  return forms
    .map((form) => ({ secret, bytes: Buffer.from(form) }))
    .filter(({ bytes }) => bytes.length >= MIN_BYTES);
}

async function find(content: AsyncIterable<Buffer>, needles: readonly Needle[]): Promise<readonly string[]> {
  const overlap = Math.max(...needles.map(({ bytes }) => bytes.length)) - 1;
  const found = new Set<string>();
  let rest = Buffer.alloc(0);
  for await (const piece of content) {
    // a value may lie over two pieces
    const both = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    for (const { secret, bytes } of needles)
      if (!found.has(secret) && both.includes(bytes)) found.add(secret);
    rest = Buffer.from(both.subarray(Math.max(0, both.length - overlap)));
  }
  return [...found];
}
