/** One entry of an archive: a file with content, a folder, or a symbolic link. Folders that are left out are made by whoever unpacks it. */
export type TarEntry =
  | { readonly path: string; readonly content: Buffer; readonly mode?: number }
  | { readonly path: string; readonly folder: true; readonly mode?: number }
  | { readonly path: string; readonly link: string };

const BLOCK = 512;
const NAME = 100;
const PREFIX = 155;

/** A tar archive (ustar) of a few small files, for images that tests make by themselves. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = 'content' in entry ? entry.content : Buffer.alloc(0);
    return [header(entry, content.length), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(entry: TarEntry, size: number): Buffer {
  // a long path is kept in two fields, cut at a slash
  const cut = entry.path.length <= NAME ? -1 : entry.path.indexOf('/', entry.path.length - NAME - 1);
  const prefix = entry.path.slice(0, Math.max(cut, 0));
  const name = entry.path.slice(cut + 1);
  if (name.length > NAME || prefix.length > PREFIX)
    throw new Error(`too long for a tar entry: ${entry.path}`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write(name, 0);
  block.write(octal('link' in entry ? 0o777 : (entry.mode ?? 0o755), 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(' '.repeat(8), 148);
  block.write('content' in entry ? '0' : 'folder' in entry ? '5' : '2', 156);
  if ('link' in entry) block.write(entry.link, 157);
  block.write('ustar\x0000', 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
