import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { contextOf, IMAGE_NAMES, readArguments } from './images.mjs';

it('without words it means all images and nothing special', () => {
  expect(readArguments([])).toEqual({ names: [], baseImage: undefined, args: {} });
});

it('names, the base image and build arguments are read in both forms, and a value may have an equals sign', () => {
  expect(
    readArguments(['claude', '--base-image', 'debian:13', '--build-arg=A=b=c', '--build-arg', 'B=', 'base']),
  ).toEqual({ names: ['claude', 'base'], baseImage: 'debian:13', args: { A: 'b=c', B: '' } });
});

it.each([
  [['cloude'], 'There is no image cloude. The images: base claude codex gemini aider'],
  [['--pull'], '--pull needs a value'],
  [['--pull=1'], 'There is no flag --pull'],
  [['--build-arg', 'A'], '--build-arg needs KEY=VALUE, not A'],
  [['--base-image'], '--base-image needs a value'],
])('%s is refused', (words, sentence) => {
  expect(() => readArguments(words)).toThrow(sentence);
});

it.each(IMAGE_NAMES)('the context of %s has its Dockerfile', (name) => {
  const listing = execFileSync('tar', ['-tf', '-'], { input: contextOf(name), encoding: 'utf8' });
  expect(listing.split('\n')).toContain('Dockerfile');
});
