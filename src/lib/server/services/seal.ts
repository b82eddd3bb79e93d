/**
 * Values at rest: AES-256-GCM, each with a nonce of its own and bound to what it is for, so that a sealed text moved to another row does not
 * open. A sealed text is `1.<key id>.<base64 of nonce, tag and bytes>`; the key id tells which key was used when keys are rotated.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#lib/domain/errors.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

export class Seal {
  readonly #key: Buffer;
  /** Eight hex digits of the key's hash. */
  readonly keyId: string;

  constructor(key: Buffer) {
    if (key.length !== KEY_BYTES) throw new Error(`a key has ${KEY_BYTES} bytes, not ${key.length}`);
    this.#key = key;
    this.keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);
  }

  /** `purpose` names the row: `secret:NAME`. */
  close(value: string, purpose: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(purpose));
    const bytes = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
    return `1.${this.keyId}.${Buffer.concat([nonce, cipher.getAuthTag(), bytes]).toString('base64')}`;
  }

  /** Throws CONFLICT when it was closed with another key, or changed since. */
  open(sealed: string, purpose: string): string {
    const [version, keyId, text = ''] = sealed.split('.');
    const all = Buffer.from(text, 'base64');
    try {
      if (version !== '1' || keyId !== this.keyId) throw new Error('another key');
      const decipher = createDecipheriv('aes-256-gcm', this.#key, all.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(purpose))
        .setAuthTag(all.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const bytes = [decipher.update(all.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
      return Buffer.concat(bytes).toString('utf8');
    } catch (error) {
      throw new AppError('CONFLICT', `The value of ${purpose} cannot be opened with this key`, {
        hint: 'Start Slipway with the key that it was written with, or enter the value again.',
        cause: error,
      });
    }
  }
}

/** The given key (64 hex digits or base64 of 32 bytes), else the one in the data directory, which is made when there is none. */
export function openSeal(dataDir: string, given: string | null): Seal {
  if (given !== null) return new Seal(readKey(given));
  const folder = join(dataDir, 'keys');
  const file = join(folder, 'secret.key');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(file))
    writeFileSync(file, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  return new Seal(readKey(readFileSync(file, 'utf8').trim()));
}

/** Throws when it is no key. */
export function readKey(text: string): Buffer {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) throw new Error('a key is 64 hexadecimal digits, or 32 bytes in base64');
  return key;
}
