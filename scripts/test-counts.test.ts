import { expect, it } from 'vitest';
import { countPlaywright, countVitest, sentenceOf, total } from './test-counts.mjs';

const vitest = (numPassedTests: number, numFailedTests: number, unloaded = 0) => ({
  numPassedTests,
  numFailedTests,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: Array.from({ length: unloaded }, () => ({ status: 'failed', assertionResults: [] })),
});

it('counts the tests of a vitest run', () => {
  expect(countVitest(vitest(5, 2), 1)).toEqual({ passed: 5, failed: 2, skipped: 2 });
});

it('counts a file that could not be loaded as a failure', () => {
  expect(countVitest(vitest(5, 0, 1), 1)).toMatchObject({ passed: 5, failed: 1 });
});

it('counts a run that ends with an error as a failure even when each test passed', () => {
  expect(countVitest(vitest(5, 0), 1)).toMatchObject({ passed: 5, failed: 1 });
  expect(countPlaywright({ stats: { expected: 3, flaky: 0, unexpected: 0, skipped: 0 } }, 1)).toMatchObject({
    failed: 1,
  });
});

it('counts the tests of a Playwright run, those that passed at a second try among the passed', () => {
  const report = { stats: { expected: 3, flaky: 1, unexpected: 2, skipped: 4 } };
  expect(countPlaywright(report, 1)).toEqual({ passed: 4, failed: 2, skipped: 4 });
});

it('adds all up to one sentence, which names what was skipped only when there is something', () => {
  const all = total([
    { passed: 1, failed: 0, skipped: 0 },
    { passed: 7, failed: 2, skipped: 3 },
  ]);
  expect(sentenceOf(all)).toBe('8 passed, 2 failed, 3 skipped');
  expect(sentenceOf({ passed: 1, failed: 0, skipped: 0 })).toBe('1 passed, 0 failed');
});
