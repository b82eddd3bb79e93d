/** Agent types, as they cross the wire. */
import type { PlainInput } from '../domain/spec-input.ts';
import type { TypePatterns } from '../domain/agent-types.ts';

export interface AgentTypeView {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** null: whoever launches one names it. */
  readonly image: string | null;
  readonly builtHere: boolean;
  /** Fields of a spawn, as people write them. */
  readonly defaults: PlainInput;
  readonly patterns: TypePatterns;
  readonly loginHelp: string | null;
  readonly builtIn: boolean;
  /** Built in, and not as it ships. */
  readonly changed: boolean;
  /** Of a built-in one as it ships: 0. Grows with each change, also over a delete. */
  readonly version: number;
  readonly updatedBy: string | null;
  readonly updatedAt: string | null;
  /** How many agents use it that are not removed. */
  readonly agents: number;
  /** The Dockerfile of ours that makes its image; null: none does. */
  readonly shippedImage: string | null;
}
