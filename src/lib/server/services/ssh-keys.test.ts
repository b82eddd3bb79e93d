import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId, type UserId } from '#lib/domain/ids.ts';
import { SshKeyRepository } from '../storage/ssh-keys.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';
import type { Actor } from './access.ts';
import { makeKeyPair, publicOfPrivate } from './ssh-key-text.ts';
import { SshKeyService } from './ssh-keys.ts';

describe('keys for ssh', () => {
  let world: TestWorld;
  let keys: SshKeyService;
  let ada: Extract<Actor, { kind: 'user' }>;
  beforeEach(async () => {
    world = await makeWorld();
    keys = new SshKeyService({
      keys: new SshKeyRepository(world.database.db),
      journal: world.journal,
      openActor: () => null,
    });
    ada = user('ada', 'operator');
  });
  afterEach(() => world.close());

  function user(name: string, role: 'viewer' | 'operator') {
    const id = newId<UserId>();
    world.accountRows.insertUser({ id, name, role, passwordHash: '', createdAt: Date.now() });
    return { ...person(role, name), id };
  }
  const blobOf = (publicKey: string) => Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');

  it('a key is its user, with the role that the user has', () => {
    const { publicKey } = makeKeyPair();
    const added = keys.add(ada, { publicKey: `${publicKey} ada@laptop` });
    expect(added).toMatchObject({ name: 'ada@laptop', type: 'ssh-ed25519', lastUsedAt: null });
    expect(added.fingerprint).toMatch(/^SHA256:/);
    expect(keys.actorOfKey(blobOf(publicKey))?.actor).toMatchObject({
      name: 'ada',
      role: 'operator',
      door: 'ssh',
    });
    expect(keys.actorOfKey(blobOf(makeKeyPair().publicKey))).toBeNull();
  });

  it('a removed key is nobody, and somebody else cannot remove it', () => {
    const { publicKey } = makeKeyPair();
    const { id } = keys.add(ada, { publicKey });
    expect(() => {
      keys.remove(user('bob', 'operator'), id);
    }).toThrow(/no key/);
    keys.remove(ada, id);
    expect(keys.actorOfKey(blobOf(publicKey))).toBeNull();
    expect(world.facts.filter((fact) => fact.kind === 'changed' && fact.what === 'ssh-keys')).toHaveLength(2);
  });

  it('a key belongs to one user', () => {
    const { publicKey } = makeKeyPair();
    keys.add(ada, { publicKey });
    expect(() => keys.add(user('bob', 'operator'), { publicKey })).toThrow(/added already/);
  });

  it('a key that was added while sign-in was off is nobody when it is on', () => {
    const { publicKey } = makeKeyPair();
    keys.add({ ...ada, door: 'open' }, { publicKey });
    expect(keys.actorOfKey(blobOf(publicKey))).toBeNull();
  });

  it.each([
    ['a private key', () => makeKeyPair().privateKey, /private key/],
    ['two keys', () => `${makeKeyPair().publicKey}\n${makeKeyPair().publicKey}`, /one line/],
    ['a short RSA key', () => rsaKey(1024), /1024 bits/],
    ['a DSA key', () => 'ssh-dss AAAAB3NzaC1kc3MAAACBAP==', /DSA/],
    ['a key of a hardware token', () => 'sk-ssh-ed25519@openssh.com AAAA', /hardware token/],
    ['anything else', () => 'hello there', /not a public key/],
  ])('%s is refused, and is not in the error', (_, make, why) => {
    const publicKey = make();
    try {
      keys.add(ada, { publicKey });
      expect.unreachable();
    } catch (error) {
      expect(String(error)).toMatch(why);
      expect(JSON.stringify(error)).not.toContain(publicKey.slice(40, 80) || 'nothing');
    }
  });

  it('an RSA key of 2048 bits is taken', () => {
    expect(keys.add(ada, { publicKey: rsaKey(2048) }).type).toBe('ssh-rsa');
  });

  it('the fingerprint is the one that ssh-keygen shows', () => {
    const { privateKey, publicKey } = makeKeyPair();
    const shown = execFileSync('ssh-keygen', ['-lf', '-'], { input: publicKey, encoding: 'utf8' });
    expect(shown).toContain(publicOfPrivate(privateKey).fingerprint);
  });
});

/** As OpenSSH writes it: the type, the exponent and the modulus, each with its length. */
function rsaKey(modulusLength: number): string {
  const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength }).publicKey.export({
    format: 'jwk',
  });
  const part = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const modulus = Buffer.concat([Buffer.from([0]), Buffer.from(n, 'base64url')]);
  const blob = Buffer.concat([Buffer.from('ssh-rsa'), Buffer.from(e, 'base64url'), modulus].map(part));
  return `ssh-rsa ${blob.toString('base64')}`;
}
