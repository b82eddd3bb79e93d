import type { AgentState } from '../domain/agent-state.ts';
import type { AgentView, HostView, OperationView, SnapshotView } from './views.ts';

/**
 * What happened. Facts are numbered in the order in which they were written; a browser that comes back says the last number it
 * has and gets what it missed. They carry whole views, so that nobody needs a reducer.
 */
export type FactBody =
  | {
      readonly kind: 'agent';
      readonly agent: AgentView;
      /** Present when the state changed. */
      readonly change?: {
        readonly from: AgentState | null;
        readonly to: AgentState;
        readonly reason: string | null;
      };
    }
  | { readonly kind: 'operation'; readonly operation: OperationView }
  | { readonly kind: 'snapshot'; readonly snapshot: SnapshotView; readonly deleted?: true }
  | { readonly kind: 'host'; readonly host: HostView }
  /** One of these has changed; whoever shows them reads them again. `subject` names which one, `by` who did it. */
  | { readonly kind: 'changed'; readonly what: ChangedThing; readonly subject: string; readonly by: string }
  /** Somebody reached into an agent. `what` is one line for people, without the text that was typed or sent. */
  | {
      readonly kind: 'inside';
      readonly act: InsideAct;
      readonly agentId: string;
      readonly by: string;
      readonly door: 'page' | 'api' | 'ssh';
      readonly what: string;
      /** A refused or failed attempt says why. */
      readonly failed?: string;
    }
  /** The value of a secret was given to an agent. */
  | {
      readonly kind: 'secret-use';
      readonly secrets: readonly string[];
      readonly agentId: string;
      readonly by: string;
    };

export type InsideAct = 'terminal' | 'exec' | 'send' | 'file-read' | 'file-write' | 'ssh';

export const CHANGED_THINGS = [
  'images',
  'builds',
  'types',
  'registries',
  'secrets',
  'settings',
  'alerts',
  'alert-rules',
  'alert-channels',
  'archive',
  'ssh-keys',
  'terminals',
] as const;
export type ChangedThing = (typeof CHANGED_THINGS)[number];

export type Fact = FactBody & { readonly seq: number; readonly at: string };
