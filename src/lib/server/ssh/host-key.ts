/** The key that the gateway is known by: made on the first start, and kept. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKeyPair, publicOfPrivate } from '../services/ssh-key-text.ts';

export interface HostKey {
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
  readonly fingerprint: string;
}

/** Throws when the file that is there holds no key: making another one would look like an attack to everybody who knows the old one. */
export function openHostKey(dataDir: string): HostKey {
  const folder = join(dataDir, 'keys');
  const file = join(folder, 'ssh_host_ed25519_key');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) writeFileSync(file, makeKeyPair().privateKey, { mode: 0o600, flag: 'wx' });
  const privateKey = readFileSync(file, 'utf8');
  const { text, fingerprint } = publicOfPrivate(privateKey);
  return { privateKey, publicKey: text, fingerprint };
}
