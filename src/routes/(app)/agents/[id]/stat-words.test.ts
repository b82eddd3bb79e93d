import { expect, it } from 'vitest';
import { countWords, cpuWords, memoryWords, rateWords } from './stat-words.ts';

it.each([
  [0, '0.0'],
  [3.26, '3.3'],
  [9.94, '9.9'],
  [10, '10'],
  [399.6, '400'],
])('%s %% of a core is %s', (percent, value) => {
  expect(cpuWords(percent)).toEqual([value, '% of one core']);
});

it('amounts are split into value and unit', () => {
  expect(memoryWords(512 * 1024 ** 2)).toEqual(['512', 'MiB']);
  expect(memoryWords(0)).toEqual(['0', 'B']);
  expect(rateWords(1536)).toEqual(['1.5', 'KiB/s']);
  expect(countWords(7)).toEqual(['7', '']);
});
