/** The filters of the operations, kept in the address. Pure. */
import type { OperationKind, OperationState, OperationView } from '#lib/protocol/views.ts';

export const OPERATION_STATES = [
  'running',
  'failed',
  'succeeded',
  'cancelled',
] as const satisfies readonly OperationState[];
export const OPERATION_KINDS = [
  'spawn',
  'start',
  'stop',
  'restart',
  'remove',
  'rename',
  'update',
  'recreate',
  'adopt',
  'snapshot',
  'pull',
  'build',
  'prune',
] as const satisfies readonly OperationKind[];

export interface OperationFilter {
  readonly state: OperationState | '';
  readonly kind: OperationKind | '';
}

export function readOperationFilter(query: URLSearchParams): OperationFilter {
  return {
    state: OPERATION_STATES.find((each) => each === query.get('state')) ?? '',
    kind: OPERATION_KINDS.find((each) => each === query.get('kind')) ?? '',
  };
}

export function activityHref(filter: OperationFilter): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));
  return query.size === 0 ? '/activity' : `/activity?${query}`;
}

/** Newest first. */
export function filterOperations(
  operations: Iterable<OperationView>,
  { state, kind }: OperationFilter,
): readonly OperationView[] {
  return [...operations]
    .filter((each) => (state === '' || each.state === state) && (kind === '' || each.kind === kind))
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** The form in which what was asked for can be put right before the next try; null where there is none. */
export function editHref(operation: Pick<OperationView, 'kind' | 'agentId' | 'retryable'>): string | null {
  const editable = operation.kind === 'spawn' || operation.kind === 'recreate';
  return editable && operation.retryable && operation.agentId !== null
    ? `/agents/new?edit=${operation.agentId}`
    : null;
}
