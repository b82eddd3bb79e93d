import { describe, expect, it } from 'vitest';
import { AppError } from './errors.ts';
import { checkAllowList, isImageAllowed, OPEN_IMAGE_POLICY, refuseImage } from './image-policy.ts';

const allowing = (...allow: string[]) => ({ allow, strict: false });
const DIGEST = `sha256:${'ab'.repeat(32)}`;

/** entries, image, whether it is allowed */
const TABLE: readonly (readonly [readonly string[], string, boolean])[] = [
  // a registry
  [['ghcr.io'], 'ghcr.io/acme/tool', true],
  [['ghcr.io'], 'ghcr.io/acme/tool:1.2', true],
  [['ghcr.io'], `ghcr.io/acme/tool@${DIGEST}`, true],
  [['ghcr.io'], 'ghcr.io/a/b/c/d', true],
  [['ghcr.io'], 'GHCR.IO/acme/tool', true],
  [['GHCR.io'], 'ghcr.io/acme/tool', true],
  [['ghcr.io'], 'nginx', false],
  [['ghcr.io'], 'evil.ghcr.io/acme/tool', false],
  [['ghcr.io'], 'ghcr.io.evil.example/acme/tool', false],
  [['ghcr.io'], 'ghcr.io:443/acme/tool', false],
  [['ghcr.io'], 'docker.io/ghcr.io/tool', false],
  [['localhost:5000'], 'localhost:5000/tool', true],
  [['localhost:5000'], 'localhost:5001/tool', false],
  [['localhost:5000'], 'localhost/tool', false],
  [['localhost'], 'localhost/tool', true],
  [['localhost'], 'localhost:5000/tool', false],
  [['127.0.0.1:5000'], '127.0.0.1:5000/acme/tool:2', true],
  [['[::1]:5000'], '[::1]:5000/tool', true],
  // a registry and a namespace: whole parts of the path
  [['ghcr.io/acme'], 'ghcr.io/acme/tool', true],
  [['ghcr.io/acme'], 'ghcr.io/acme/team/tool', true],
  [['ghcr.io/acme'], 'ghcr.io/acme', true],
  [['ghcr.io/acme'], 'ghcr.io/acmetools/tool', false],
  [['ghcr.io/acme'], 'ghcr.io/other/acme', false],
  [['ghcr.io/acme'], 'acme/tool', false],
  [['ghcr.io/acme/team'], 'ghcr.io/acme/team/tool', true],
  [['ghcr.io/acme/team'], 'ghcr.io/acme/tool', false],
  [['ghcr.io/acme/tool'], 'ghcr.io/acme/tool:3', true],
  [['ghcr.io/acme/tool'], 'ghcr.io/acme/tool-2', false],
  // a namespace of Docker Hub
  [['acme'], 'acme/tool', true],
  [['acme'], 'docker.io/acme/tool', true],
  [['acme'], 'index.docker.io/acme/tool', true],
  [['acme'], 'nginx', false],
  [['acme'], 'acme', false],
  [['acme'], 'ghcr.io/acme/tool', false],
  [['acme'], 'acme.example/tool', false],
  [['acme'], 'acme2/tool', false],
  [['library'], 'nginx', true],
  [['library'], 'nginx:1.29', true],
  [['library'], 'docker.io/nginx', true],
  [['library'], 'docker.io/library/nginx', true],
  [['library'], `nginx@${DIGEST}`, true],
  [['library'], 'acme/tool', false],
  [['docker.io'], 'nginx', true],
  [['docker.io'], 'acme/tool', true],
  [['index.docker.io'], 'nginx', true],
  [['docker.io/library'], 'nginx', true],
  [['docker.io/library'], 'acme/tool', false],
  [['index.docker.io/acme'], 'acme/tool', true],
  [['docker.io'], 'registry-1.docker.io/library/nginx', false],
  // several, none
  [['acme', 'ghcr.io'], 'ghcr.io/x/y', true],
  [['acme', 'ghcr.io'], 'quay.io/x/y', false],
  [[], 'nginx', false],
  // an id comes from nowhere
  [['library', 'docker.io'], DIGEST, false],
  [['library', 'docker.io'], 'sha256:abcdef012345', false],
];

describe('an allow list', () => {
  it.each(TABLE)('%j: %s is allowed: %s', (entries, image, allowed) => {
    expect(isImageAllowed(allowing(...entries), image)).toBe(allowed);
  });

  it('that there is not allows everything, ids too', () => {
    expect(isImageAllowed(OPEN_IMAGE_POLICY, 'anywhere.example/x')).toBe(true);
    expect(isImageAllowed(OPEN_IMAGE_POLICY, DIGEST)).toBe(true);
  });

  it.each([
    ['ghcr.io/acme/tool:1', 'ghcr.io'],
    ['acme/tool', 'docker.io/acme'],
    ['nginx', 'docker.io/library'],
  ])('refuses %s by naming %s', (image, source) => {
    const refused = caught(() => {
      refuseImage(allowing('quay.io'), image);
    });
    expect(refused.code).toBe('IMAGE_NOT_ALLOWED');
    expect(refused.message).toContain(`${source} `);
    expect(refused.message).toContain(image);
    expect(refused.hint).toContain('quay.io');
  });

  it('says of an id that it names no registry', () => {
    expect(
      caught(() => {
        refuseImage(allowing('quay.io'), DIGEST);
      }).message,
    ).toContain('names no registry');
  });
});

describe('the entries of a list', () => {
  it('are kept trimmed and once', () => {
    expect(checkAllowList([' ghcr.io', 'ghcr.io', 'acme'])).toEqual(['ghcr.io', 'acme']);
  });

  it.each([
    '',
    ' ',
    '*',
    'https://ghcr.io',
    'ghcr.io/',
    '/acme',
    'ghcr.io//acme',
    'ghcr.io/acme:1',
    'ghcr.io/acme@sha256:ab',
    'ghcr.io/Acme',
    'Acme',
    'acme/tool',
    'nginx:latest',
    'ghcr .io',
    'ghcr.io/*',
    '-x.example',
    'ghcr.io:port',
  ])('may not be "%s", and the refusal names it', (entry) => {
    const refused = caught(() => checkAllowList(['quay.io', entry]));
    expect(refused.code).toBe('VALIDATION');
    expect(refused.details?.fields).toMatchObject([{ field: 'allow.1', value: entry }]);
    expect(refused.message).toContain(`"${entry}"`);
  });
});

function caught(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
