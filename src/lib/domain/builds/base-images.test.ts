import { describe, expect, it } from 'vitest';
import { baseImages } from './base-images.ts';

describe('the images that a Dockerfile begins with', () => {
  it.each([
    ['FROM debian:12', ['debian:12']],
    ['from debian\nRUN echo FROM nothing', ['debian']],
    ['FROM --platform=linux/amd64 a AS one\nFROM b as two\nFROM one\nFROM TWO', ['a', 'b']],
    ['FROM scratch\nCOPY --from=ghcr.io/acme/tool:1 /a /b', ['ghcr.io/acme/tool:1']],
    ['FROM a AS one\nFROM b\nCOPY --from=one /a /b\nCOPY --from=0 /a /b', ['a', 'b']],
    ['# FROM not\nFROM \\\n  # a comment between\n  a:1 \\\n  AS one', ['a:1']],
    ['# escape=`\nFROM `\n a', ['a']],
    ['ARG BASE=debian:12\nFROM $BASE', ['debian:12']],
    ['ARG BASE="debian"\nARG TAG\nFROM ${BASE}:${TAG:-12}', ['debian:12']],
    ['FROM a\nFROM a', ['a']],
    ['', []],
  ])('%j', (dockerfile, images) => {
    expect(baseImages(dockerfile)).toEqual(images);
  });

  it('take build arguments for the defaults', () => {
    expect(baseImages('ARG BASE=a\nFROM ${BASE}', { BASE: 'evil.example/b' })).toEqual(['evil.example/b']);
  });
});
