/** Specs for tests: a plain one with changes, and the way from an input to a settled one. */
import { settleSpec } from '../agent-container.ts';
import { PLAIN_SPEC, type AgentSpec } from '../agent-spec.ts';
import { findAgentType, SHIPPED_TYPES } from '../agent-types.ts';
import { AppError, validationError, type FieldProblem } from '../errors.ts';
import { parseInput } from '../inputs/parse-input.ts';
import { spawnInput } from '../inputs/spawn-input.ts';
import { resolveSpec, type SpecDefaults } from '../resolve-spec.ts';

export const DEFAULTS: SpecDefaults = {
  memory: 512 * 1024 ** 2,
  cpu: 0.5,
  pids: 512,
  network: 'slipway-agents',
  groupKey: (group) => `key-of-${group.length}`,
};

export function plainSpec(changes: Partial<AgentSpec> = {}): AgentSpec {
  return { ...PLAIN_SPEC, image: 'slipway/starter:latest', networks: ['slipway-agents'], ...changes };
}

/** As a spawn does it, without host and policy. Throws VALIDATION. */
export function settledSpec(input: unknown, name = 'ada'): AgentSpec {
  const { type: typeName, host: _host, name: given, ...fields } = parseInput(spawnInput, input);
  const type = findAgentType(typeName);
  if (type === undefined) {
    const rule = `must be a known agent type: ${SHIPPED_TYPES.names().join(', ')}`;
    throw validationError([{ field: 'type', value: typeName, rule }]);
  }
  return settleSpec(given ?? name, resolveSpec(fields, type, DEFAULTS));
}

/** What is refused, when the work throws VALIDATION; any other end is an error of the test. */
export function problemsOf(work: () => unknown): readonly FieldProblem[] {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'VALIDATION') return error.details?.fields ?? [];
    throw error;
  }
  throw new Error('it was not refused');
}
