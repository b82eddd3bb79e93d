import type { Shape, Tone } from '#lib/components/ui/state-shapes.ts';
import type { OperationState } from '#lib/protocol/views.ts';

/** Shape and tone of an operation. */
export const OPERATION_MARKS = {
  running: ['work', 'work'],
  succeeded: ['exited', 'ready'],
  failed: ['broken', 'broken'],
  cancelled: ['rest', 'rest'],
} as const satisfies Record<OperationState, readonly [Shape, Tone]>;

/** `operator ada` is ada; a loop of ours has its own name. */
export function actorName(actor: string): string {
  return actor.replace(/^operator /, '');
}
