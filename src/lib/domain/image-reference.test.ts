import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from './errors.ts';
import { formatImageReference, parseImageReference } from './image-reference.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('an image reference', () => {
  // text, registry, path, tag, digest, shortest form
  it.each<[string, string, string, string | null, string | null, string]>([
    ['nginx', 'docker.io', 'library/nginx', 'latest', null, 'nginx:latest'],
    ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', null, 'nginx:1.27'],
    ['library/nginx', 'docker.io', 'library/nginx', 'latest', null, 'nginx:latest'],
    ['docker.io/nginx', 'docker.io', 'library/nginx', 'latest', null, 'nginx:latest'],
    ['docker.io/library/nginx:1', 'docker.io', 'library/nginx', '1', null, 'nginx:1'],
    ['index.docker.io/nginx', 'docker.io', 'library/nginx', 'latest', null, 'nginx:latest'],
    ['index.docker.io/acme/tool', 'docker.io', 'acme/tool', 'latest', null, 'acme/tool:latest'],
    ['acme/tool', 'docker.io', 'acme/tool', 'latest', null, 'acme/tool:latest'],
    ['acme/group/tool:2', 'docker.io', 'acme/group/tool', '2', null, 'acme/group/tool:2'],
    ['docker.io/library/a/b', 'docker.io', 'library/a/b', 'latest', null, 'library/a/b:latest'],
    ['ghcr.io/acme/tool', 'ghcr.io', 'acme/tool', 'latest', null, 'ghcr.io/acme/tool:latest'],
    ['ghcr.io/tool', 'ghcr.io', 'tool', 'latest', null, 'ghcr.io/tool:latest'],
    ['registry.example/tool', 'registry.example', 'tool', 'latest', null, 'registry.example/tool:latest'],
    [
      'registry.example:5000/tool:1',
      'registry.example:5000',
      'tool',
      '1',
      null,
      'registry.example:5000/tool:1',
    ],
    ['localhost/tool', 'localhost', 'tool', 'latest', null, 'localhost/tool:latest'],
    ['localhost:5000/tool', 'localhost:5000', 'tool', 'latest', null, 'localhost:5000/tool:latest'],
    ['127.0.0.1:5000/a/b:c', '127.0.0.1:5000', 'a/b', 'c', null, '127.0.0.1:5000/a/b:c'],
    ['[::1]:5000/tool', '[::1]:5000', 'tool', 'latest', null, '[::1]:5000/tool:latest'],
    ['HOST/tool', 'HOST', 'tool', 'latest', null, 'HOST/tool:latest'],
    ['localhost', 'docker.io', 'library/localhost', 'latest', null, 'localhost:latest'],
    ['tool:5000', 'docker.io', 'library/tool', '5000', null, 'tool:5000'],
    [`nginx@${DIGEST}`, 'docker.io', 'library/nginx', null, DIGEST, `nginx@${DIGEST}`],
    [`nginx:1@${DIGEST}`, 'docker.io', 'library/nginx', '1', DIGEST, `nginx:1@${DIGEST}`],
    [`ghcr.io/a/b:c@${DIGEST}`, 'ghcr.io', 'a/b', 'c', DIGEST, `ghcr.io/a/b:c@${DIGEST}`],
    ['a.b/c', 'a.b', 'c', 'latest', null, 'a.b/c:latest'],
    ['docker.io/a.b/c', 'docker.io', 'a.b/c', 'latest', null, 'docker.io/a.b/c:latest'],
    ['docker.io/localhost/c', 'docker.io', 'localhost/c', 'latest', null, 'docker.io/localhost/c:latest'],
    [
      'a__b/c--d/e.f_g:V1_x.y-z',
      'docker.io',
      'a__b/c--d/e.f_g',
      'V1_x.y-z',
      null,
      'a__b/c--d/e.f_g:V1_x.y-z',
    ],
  ])('"%s" is in %s, %s, tag %s, digest %s', (text, registry, path, tag, digest, short) => {
    const reference = parseImageReference(text);
    expect(reference).toEqual({ registry, path, tag, digest });
    expect(formatImageReference(reference)).toBe(short);
  });

  it.each([
    '',
    ' ',
    ':',
    '/',
    '@',
    'nginx:',
    'nginx:-1',
    `nginx:${'a'.repeat(129)}`,
    'Nginx',
    'acme/Tool',
    'nginx ',
    ' nginx',
    'a//b',
    '/a',
    'a/',
    'a___b',
    'a..b',
    '-a',
    'a-',
    '_a',
    '.a',
    'a/_b',
    'https://ghcr.io/a',
    'ghcr.io/',
    'ghcr.io:port/a',
    '-bad.example/a',
    'nginx@',
    'nginx@sha256:abc',
    `nginx@${DIGEST.toUpperCase()}`,
    `nginx@${DIGEST}0`,
    `nginx@md5:${'0'.repeat(32)}`,
    `nginx@${DIGEST}@${DIGEST}`,
    'a'.repeat(64),
    'a:b:c',
    'nginx\n',
    'a\0b',
    '$(a)',
    'a;b',
    '../a',
    `${'a/'.repeat(140)}a`,
  ])('%j is none', (text) => {
    const refused = () => parseImageReference(text, 'the.field');
    expect(refused).toThrow(AppError);
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'VALIDATION',
        details: { fields: [expect.objectContaining({ field: 'the.field', value: text })] },
      }),
    );
  });

  it('in its shortest form is read as the same one again: policy and engine speak of the same registry', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,4}(?:(?:\.|_|__|-{1,2})[a-z0-9]{1,4}){0,2}$/);
    const registry = fc.constantFrom(
      'docker.io',
      'ghcr.io',
      'localhost',
      'localhost:5000',
      'registry.example:80',
    );
    const parts = fc.array(fc.oneof(part, fc.constant('library'), fc.constant('localhost')), {
      minLength: 1,
      maxLength: 3,
    });
    const name = fc.record({ registry, parts }).map(({ registry: host, parts: list }) => ({
      registry: host,
      // Docker Hub keeps names of one part under library
      path: (host === 'docker.io' && list.length === 1 ? ['library', ...list] : list).join('/'),
    }));
    const version = fc.constantFrom(
      { tag: '1', digest: null },
      { tag: 'V.x', digest: DIGEST },
      { tag: null, digest: DIGEST },
    );
    fc.assert(
      fc.property(name, version, (where, which) => {
        const reference = { ...where, ...which };
        expect(parseImageReference(formatImageReference(reference))).toEqual(reference);
      }),
      { numRuns: 500 },
    );
  });
});
