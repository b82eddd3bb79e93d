import type { Fact } from '#lib/protocol/facts.ts';
import type { ProgressView } from '#lib/protocol/views.ts';
import type { Bus } from './bus.ts';

/** Everything that goes over the bus. Facts were written before; progress is a flow and kept nowhere. */
export interface Messages {
  readonly facts: readonly Fact[];
  readonly progress: ProgressView;
}

export type AppBus = Bus<Messages>;
