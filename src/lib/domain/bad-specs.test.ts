import { describe, expect, it } from 'vitest';
import { AppError } from './errors.ts';
import { badSpecs, SECRET_MARK } from './testing/bad-specs.ts';
import { settledSpec } from './testing/specs.ts';

const COUNT = 5_000;

function refusal(input: unknown): unknown {
  try {
    settledSpec(input);
    return 'it was taken';
  } catch (error) {
    return error;
  }
}

describe('specs that are wrong', () => {
  const bad = badSpecs(COUNT, 20_261_121);

  it('are refused as VALIDATION that names fields with value and rule, whatever is wrong with them', () => {
    expect(bad).toHaveLength(COUNT);
    for (const { what, input } of bad) {
      const error = refusal(input);
      const said = `${what}: ${JSON.stringify(input).slice(0, 500)}\n${error instanceof Error ? error.stack : ''}`;
      expect(error, said).toBeInstanceOf(AppError);
      if (!(error instanceof AppError)) continue;
      expect(error.code, said).toBe('VALIDATION');
      const fields = error.details?.fields ?? [];
      expect(fields.length, said).toBeGreaterThan(0);
      for (const problem of fields) {
        expect(Object.keys(problem).sort(), said).toEqual(['field', 'rule', 'value']);
        expect(problem.field, said).not.toBe('');
        expect(problem.rule, said).not.toBe('');
        expect(problem.rule, said).not.toBe('Invalid input');
      }
    }
  });

  it('never get their secrets repeated, nor anything at length', () => {
    for (const { what, input } of bad) {
      const error = refusal(input);
      const text = JSON.stringify(error instanceof AppError ? error.toProblem() : '');
      expect(text.includes(SECRET_MARK), `${what}: ${text.slice(0, 1_000)}`).toBe(false);
    }
  });

  it('are the same for the same seed, and others for another', () => {
    expect(badSpecs(50, 3)).toEqual(badSpecs(50, 3));
    expect(badSpecs(50, 3)).not.toEqual(badSpecs(50, 4));
  });

  it('change nothing that all objects share', () => {
    bad.forEach(({ input }) => refusal(input));
    expect('polluted' in {}).toBe(false);
  });
});
