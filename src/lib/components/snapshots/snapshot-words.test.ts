import { expect, it } from 'vitest';
import { scanWords, takenWords } from './snapshot-words.ts';

it.each([
  ['manual', 'by ada'],
  ['stop', 'before a stop'],
  ['schedule', 'by the clock'],
  ['import', 'imported by ada'],
] as const)('one of the origin %s was taken %s', (origin, words) => {
  expect(takenWords({ origin, createdBy: 'ada' })).toBe(words);
});

it('a secret that was found is named with its place, never as a colour alone', () => {
  const files = [
    { path: '/root/.env', secret: 'API_KEY' },
    { path: '/tmp/x', secret: 'API_KEY' },
  ];
  const said = scanWords({ state: 'found', files });
  expect(said).toMatchObject({ tone: 'broken', word: 'Holds API_KEY in /root/.env' });
  expect(said.help).toContain('API_KEY in /tmp/x');
});

it('a search that failed says why', () => {
  expect(scanWords({ state: 'failed', message: 'the image is gone' }).help).toBe('the image is gone');
});
