import { expect, it } from 'vitest';
import { splitReference } from './reference-parts.ts';

it.each([
  ['busybox', 'busybox', 'latest'],
  ['busybox:1', 'busybox', '1'],
  ['127.0.0.1:5000/acme/x', '127.0.0.1:5000/acme/x', 'latest'],
  ['127.0.0.1:5000/acme/x:2', '127.0.0.1:5000/acme/x', '2'],
  ['ghcr.io/acme/x@sha256:0a', 'ghcr.io/acme/x', 'sha256:0a'],
])('%s is asked for as %s and %s', (reference, repository, tag) => {
  expect(splitReference(reference)).toEqual({ repository, tag });
});
