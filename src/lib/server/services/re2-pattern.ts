import { RE2JS, RE2JSSyntaxException } from 're2js';
import type { FieldProblem } from '#lib/domain/errors.ts';

/** What is wrong with a pattern, as a list to join with others; empty when it is a regular expression of RE2. */
export function patternProblems(field: string, pattern: string): readonly FieldProblem[] {
  try {
    RE2JS.compile(pattern);
    return [];
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    return [{ field, value: pattern, rule: `must be a regular expression (RE2): ${error.message}` }];
  }
}
