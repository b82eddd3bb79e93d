/**
 * Writes ustar archives: what an image and a build context are made of. The same entries give the same bytes (times are 1970), so that a
 * hash of the archive tells whether anything changed.
 */

const BLOCK = 512;
const KINDS = {
  file: { flag: '0', mode: 0o644 },
  symlink: { flag: '2', mode: 0o777 },
  directory: { flag: '5', mode: 0o755 },
};

/**
 * @typedef {object} TarEntry
 * @property {string} path without a leading slash, at most 100 bytes
 * @property {number} [mode] default 0644 for files, 0755 for directories
 * @property {number} [owner] user and group id, default 0
 * @property {Buffer | string} [content] of a file
 * @property {string} [linkTo] makes it a symbolic link
 *
 * An entry without content and linkTo is a directory.
 * @param {readonly TarEntry[]} entries
 * @returns {Buffer}
 */
export function tar(entries) {
  const blocks = [];
  for (const entry of entries) {
    const content = Buffer.from(entry.content || '');
    blocks.push(
      header(entry, content.length),
      content,
      Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
    );
  }
  blocks.push(Buffer.alloc(2 * BLOCK));
  return Buffer.concat(blocks);
}

/**
 * @param {TarEntry} entry
 * @param {number} size
 */
function header(entry, size) {
  const kind =
    entry.linkTo !== undefined ? KINDS.symlink : entry.content !== undefined ? KINDS.file : KINDS.directory;
  const mode = entry.mode !== undefined ? entry.mode : kind.mode;
  const owner = entry.owner || 0;
  const block = Buffer.alloc(BLOCK);
  text(block, entry.path, 0, 100);
  octal(block, mode, 100, 8);
  octal(block, owner, 108, 8);
  octal(block, owner, 116, 8);
  octal(block, size, 124, 12);
  octal(block, 0, 136, 12);
  block.write(' '.repeat(8) + kind.flag, 148);
  text(block, entry.linkTo || '', 157, 100);
  block.write('ustar\0' + '00', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(sum.toString(8).padStart(6, '0') + '\0 ', 148);
  return block;
}

/**
 * @param {Buffer} block
 * @param {string} value
 * @param {number} offset
 * @param {number} length
 */
function text(block, value, offset, length) {
  if (Buffer.byteLength(value) > length) throw new Error(`Too long for a tar archive: ${value}`);
  block.write(value, offset);
}

/**
 * @param {Buffer} block
 * @param {number} value
 * @param {number} offset
 * @param {number} length
 */
function octal(block, value, offset, length) {
  block.write(value.toString(8).padStart(length - 1, '0') + '\0', offset);
}
