import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSeal, readKey, Seal } from './seal.ts';

const seal = new Seal(Buffer.alloc(32, 7));

describe('a sealed value', () => {
  it('opens again, whatever it holds', () => {
    for (const value of ['', 'hunter2', 'zwei\nZeilen', '🔑', '\0', 'x'.repeat(100_000)])
      expect(seal.open(seal.close(value, 'secret:A'), 'secret:A')).toBe(value);
  });

  it('never looks the same twice, and shows nothing of the value', () => {
    const [one, two] = [seal.close('hunter2', 'secret:A'), seal.close('hunter2', 'secret:A')];
    expect(one).not.toBe(two);
    expect(Buffer.from(one.split('.')[2] ?? '', 'base64').toString('latin1')).not.toContain('hunter2');
  });

  it('does not open for another purpose, with another key, or when a byte was changed', () => {
    const closed = seal.close('hunter2', 'secret:A');
    expect(() => seal.open(closed, 'secret:B')).toThrow('cannot be opened');
    expect(() => new Seal(Buffer.alloc(32, 8)).open(closed, 'secret:A')).toThrow('cannot be opened');
    const bytes = Buffer.from(closed.split('.')[2] ?? '', 'base64');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(() => seal.open(`1.${seal.keyId}.${bytes.toString('base64')}`, 'secret:A')).toThrow(
      'cannot be opened',
    );
    expect(() => seal.open('nonsense', 'secret:A')).toThrow('cannot be opened');
  });
});

describe('the key', () => {
  it('is made once in the data directory, for its owner alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-seal-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const closed = openSeal(folder, null).close('x', 'p');
    expect(openSeal(folder, null).open(closed, 'p')).toBe('x');
    expect(statSync(join(folder, 'keys/secret.key')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700);
  });

  it('may be given as hexadecimal digits or base64, and nothing shorter', () => {
    const bytes = Buffer.alloc(32, 9);
    expect(readKey(bytes.toString('hex'))).toEqual(bytes);
    expect(readKey(bytes.toString('base64'))).toEqual(bytes);
    expect(() => readKey('too short')).toThrow('64 hexadecimal digits');
  });
});
