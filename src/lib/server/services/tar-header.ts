/** Headers of a tar, for tars that are written while they are read. */
const BLOCK = 512;
const MAX_NAME_BYTES = 100;
const TYPES = { file: '0', link: '1', symlink: '2', directory: '5' } as const;

export interface TarHeader {
  readonly name: string;
  readonly type: keyof typeof TYPES;
  /** Of the content that follows. */
  readonly size: number;
  readonly linkTarget?: string;
  /** Milliseconds since 1970. */
  readonly modifiedAt?: number;
}

/** The names that fit. */
export function fitsTar(name: string): boolean {
  return Buffer.byteLength(name) <= MAX_NAME_BYTES;
}

export function tarHeader({ name, type, size, linkTarget = '', modifiedAt = 0 }: TarHeader): Buffer {
  if (!fitsTar(name) || !fitsTar(linkTarget)) throw new Error(`too long for a tar: ${name}`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write(name, 0);
  block.write(octal(type === 'directory' ? 0o755 : 0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  if (size < 8 ** 11) block.write(octal(size, 12), 124);
  else {
    // larger than its octal digits can say: the GNU way, as a number
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(size), 128);
  }
  block.write(octal(Math.floor(modifiedAt / 1000), 12), 136);
  block.write(' '.repeat(8), 148);
  block.write(TYPES[type], 156);
  block.write(linkTarget, 157);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** What stands behind a content of this many bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK);
}
