/** Reads and makes keys in the texts that OpenSSH uses. */
import { createHash, createPublicKey } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';
import { validationError } from '#lib/domain/errors.ts';

// a CommonJS module, whose names Node does not find
const { utils } = ssh2;

export interface PublicKey {
  /** `ssh-ed25519 AAAA…`, without the comment. */
  readonly text: string;
  readonly type: string;
  readonly comment: string;
  readonly fingerprint: string;
}

const STRONG_TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'];
const MIN_RSA_BITS = 2048;

/** Throws VALIDATION that says what is wrong with it. The text itself is never in the error: it may be a private key. */
export function readPublicKey(text: string): PublicKey {
  if (/PRIVATE KEY|PuTTY-User-Key-File/.test(text))
    throw refused('is a private key: keep it to yourself, and give the file that ends in .pub');
  if (text.includes('\n')) throw refused('must be one line: one key at a time');
  const [type = '', body = '', ...comment] = text.split(/\s+/);
  if (type.startsWith('sk-')) throw refused('is of a hardware token, which is not supported');
  if (type === 'ssh-dss')
    throw refused('is a DSA key, which is too weak: make one with ssh-keygen -t ed25519');
  const key = utils.parseKey(`${type} ${body}`);
  if (key instanceof Error || key.isPrivateKey())
    throw refused('is not a public key as in ~/.ssh/id_ed25519.pub (ssh-ed25519 AAAA…)');
  if (key.type === 'ssh-rsa') {
    const bits = createPublicKey(key.getPublicPEM()).asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits < MIN_RSA_BITS)
      throw refused(`is an RSA key of ${bits} bits: at least ${MIN_RSA_BITS} are needed`);
  } else if (!STRONG_TYPES.includes(key.type))
    throw refused(`is of the type ${key.type}, which is not supported`);
  return { ...publicOf(key), comment: comment.join(' ') };
}

/** The same text as `readPublicKey` gives, of what a client sends: the blob begins with the length and name of its type. */
export function publicKeyText(blob: Buffer): string {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0);
  return `${blob.toString('latin1', 4, 4 + length)} ${blob.toString('base64')}`;
}

/** SHA256:… as OpenSSH shows it. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** A new Ed25519 pair: the private key in OpenSSH's own format, and `ssh-ed25519 AAAA…`. */
export function makeKeyPair(): { readonly privateKey: string; readonly publicKey: string } {
  const pair = utils.generateKeyPairSync('ed25519');
  return { privateKey: pair.private, publicKey: pair.public.trim() };
}

/** Throws when it is no private key. */
export function publicOfPrivate(privateKey: string): Omit<PublicKey, 'comment'> {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return publicOf(key);
}

function publicOf(key: ParsedKey): Omit<PublicKey, 'comment'> {
  const blob = key.getPublicSSH();
  return { text: publicKeyText(blob), type: key.type, fingerprint: fingerprintOf(blob) };
}

function refused(rule: string) {
  return validationError([{ field: 'publicKey', value: null, rule }]);
}
