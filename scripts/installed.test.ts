import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { whyInstall } from './installed.mjs';

type Packages = Record<string, { version: string; optional?: boolean }>;

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'slipway-installed-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function checkout(wanted: Packages, installed?: Packages): void {
  writeFileSync(
    path.join(root, 'package-lock.json'),
    JSON.stringify({ packages: { '': { version: '1.0.0' }, ...wanted } }),
  );
  if (installed === undefined) return;
  mkdirSync(path.join(root, 'node_modules/node/bin'), { recursive: true });
  writeFileSync(path.join(root, 'node_modules/node/bin/node'), '');
  writeFileSync(path.join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
}

const zod = { 'node_modules/zod': { version: '4.0.0' } };

it('installs into a fresh checkout', () => {
  checkout(zod);
  expect(whyInstall(root)).toBe('nothing is installed');
});

it('does nothing when what is installed is what the lock says', () => {
  checkout(zod, zod);
  expect(whyInstall(root)).toBeUndefined();
});

it('installs again when the lock names another version or another package', () => {
  checkout({ 'node_modules/zod': { version: '4.1.0' } }, zod);
  expect(whyInstall(root)).toContain('zod');
  checkout({ ...zod, 'node_modules/pino': { version: '10.0.0' } }, zod);
  expect(whyInstall(root)).toContain('pino');
});

it('does not miss a package that is for another platform', () => {
  checkout({ ...zod, 'node_modules/fsevents': { version: '2.3.3', optional: true } }, zod);
  expect(whyInstall(root)).toBeUndefined();
});

it('installs again when the Node.js of the project is missing, as after an install without scripts', () => {
  checkout(zod, zod);
  rmSync(path.join(root, 'node_modules/node/bin/node'));
  expect(whyInstall(root)).toContain('Node.js');
});
