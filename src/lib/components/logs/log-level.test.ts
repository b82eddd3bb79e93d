import { describe, expect, it } from 'vitest';
import { guessLevel } from './log-level.ts';

describe('guessLevel', () => {
  it.each([
    '{"level":"error","msg":"x"}',
    '{"severity": "CRITICAL"}',
    '{"time":1,"level":50,"msg":"x"}',
    'time=2026 level=error msg="x"',
    'E0806 12:00:00.000000 1 server.go:1] x',
    '[E] x',
    '[ERROR] x',
    'ERROR: x',
    '2026-11-21T09:42:07Z ERROR x',
    ' FAIL  engine/reconcile.test.ts',
    "AssertionError: expected 'a' to be 'b'",
    'error: unknown option',
    'panic: runtime error',
  ])('takes %s for an error', (line) => {
    expect(guessLevel(line)).toBe('error');
  });

  it.each([
    '{"level":"warn"}',
    '{"level":40}',
    'level=warning x',
    'W0806 12:00:00.000000 x',
    '[WARN] x',
    'warning: x',
  ])('takes %s for a warning', (line) => {
    expect(guessLevel(line)).toBe('warn');
  });

  it.each([
    '',
    'hello',
    'no errors found',
    '{"level":"info","msg":"error"}',
    '{"level":30}',
    'I0806 12:00:00.000000 x',
    'level=info error=1',
    '213 passed, 0 failed',
  ])('says nothing about %s', (line) => {
    expect(guessLevel(line)).toBeNull();
  });
});
