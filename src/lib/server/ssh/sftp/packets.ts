/**
 * The packets of SFTP, version 3 (draft-ietf-secsh-filexfer-02), as OpenSSH speaks it. Names are bytes and not text: here they are strings
 * with one character for each byte (latin1), so that every name of a container comes through as it is.
 */
export const REQUEST = {
  INIT: 1,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  EXTENDED: 200,
} as const;

export const ANSWER = {
  VERSION: 2,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED_REPLY: 201,
} as const;

export const STATUS = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  OP_UNSUPPORTED: 8,
} as const;

/** Data of one read or write; OpenSSH asks for as much when it is told (limits@openssh.com). */
export const MAX_DATA_BYTES = 255 * 1024;
export const MAX_PACKET_BYTES = 256 * 1024;

/** What the client is answered when something could not be done. */
export class SftpFailure extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'SftpFailure';
    this.code = code;
  }
}

/** Cuts what comes in pieces into packets, each without its length. Throws SftpFailure for one that is too long. */
export class PacketCutter {
  #rest: Buffer[] = [];
  #bytes = 0;

  *push(piece: Buffer): Generator<Buffer> {
    this.#rest.push(piece);
    this.#bytes += piece.length;
    for (;;) {
      if (this.#bytes < 4) return;
      const length = this.#joined(4).readUInt32BE(0);
      if (length === 0 || length > MAX_PACKET_BYTES)
        throw new SftpFailure(STATUS.BAD_MESSAGE, `a packet of ${length} bytes`);
      if (this.#bytes < 4 + length) return;
      const all = this.#joined(4 + length);
      this.#rest = all.length > 4 + length ? [all.subarray(4 + length)] : [];
      this.#bytes -= 4 + length;
      yield all.subarray(4, 4 + length);
    }
  }

  /** The first buffer, with at least so many bytes: put together only when it has less. */
  #joined(bytes: number): Buffer {
    const first = this.#rest[0] ?? Buffer.alloc(0);
    if (first.length >= bytes) {
      if (this.#rest.length === 1 || bytes === 4) return first;
    }
    const all = Buffer.concat(this.#rest);
    this.#rest = [all];
    return all;
  }
}

/** Reads the fields of a packet one after the other. Throws SftpFailure when they are not all there. */
export class Fields {
  readonly #packet: Buffer;
  #at = 0;

  constructor(packet: Buffer) {
    this.#packet = packet;
  }

  byte(): number {
    return this.#take(1).readUInt8(0);
  }

  number(): number {
    return this.#take(4).readUInt32BE(0);
  }

  /** Up to 2^53. */
  large(): number {
    return Number(this.#take(8).readBigUInt64BE(0));
  }

  bytes(): Buffer {
    return this.#take(this.number());
  }

  /** One character for each byte. */
  text(): string {
    return this.bytes().toString('latin1');
  }

  #take(bytes: number): Buffer {
    const end = this.#at + bytes;
    if (end > this.#packet.length) throw new SftpFailure(STATUS.BAD_MESSAGE, 'a packet that is too short');
    const taken = this.#packet.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

export function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function large(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** With its length before it. */
export function text(value: string | Buffer): readonly Buffer[] {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  return [number(bytes.length), bytes];
}

const SMALL_BYTES = 16_384;

/** A whole packet in the pieces that it is sent in; `parts` follow its type. Only small ones are put together: large ones are not copied. */
export function packet(type: number, ...parts: readonly Buffer[]): readonly Buffer[] {
  const length = parts.reduce((sum, part) => sum + part.length, 1);
  const pieces = [number(length), Buffer.from([type]), ...parts];
  if (length <= SMALL_BYTES) return [Buffer.concat(pieces, 4 + length)];
  const large = pieces.findIndex((each) => each.length > SMALL_BYTES);
  const head = large === -1 ? pieces.length : large;
  return [Buffer.concat(pieces.slice(0, head)), ...pieces.slice(head)].filter((each) => each.length > 0);
}
