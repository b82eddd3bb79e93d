/** Fires rules on what is told: changes of an agent's state, and ends of its container that nobody asked for. */
import { isOwnEnd } from '#lib/domain/agent-state.ts';
import { hasCode, includesAgent, type AlertCondition, type AlertEvent } from '#lib/domain/alert-rule.ts';
import { exitText, stateText } from '#lib/domain/alert-text.ts';
import type { Fact } from '#lib/protocol/facts.ts';
import type { AppBus } from '../messages.ts';
import type { AlertFiring } from '../services/alert-firing.ts';
import type { AlertRuleRepository } from '../storage/alert-rules.ts';

export interface AlertChangesParts {
  readonly rules: AlertRuleRepository;
  readonly firing: Pick<AlertFiring, 'fire'>;
  readonly bus: AppBus;
}

type AgentFact = Extract<Fact, { kind: 'agent' }>;

export class AlertChanges {
  readonly #parts: AlertChangesParts;
  readonly #unheard: () => void;
  #closed = false;

  /** From its making on, so that what the first look at the engine finds is heard too. */
  constructor(parts: AlertChangesParts) {
    this.#parts = parts;
    this.#unheard = parts.bus.on('facts', (facts) => {
      const changes = facts.filter(
        (fact): fact is AgentFact => fact.kind === 'agent' && fact.change !== undefined,
      );
      if (changes.length === 0 || parts.rules.list().length === 0) return;
      // a fact that is written while another one is being told would overtake it
      queueMicrotask(() => {
        if (!this.#closed) for (const fact of changes) this.#hold(fact);
      });
    });
  }

  close(): void {
    this.#closed = true;
    this.#unheard();
  }

  #hold(fact: AgentFact): void {
    for (const rule of this.#parts.rules.list()) {
      if (!rule.enabled || !includesAgent(rule.spec.scope, fact.agent)) continue;
      const event = eventOf(fact, rule.spec.condition);
      if (event !== null) this.#parts.firing.fire(rule, event);
    }
  }
}

function eventOf({ agent, change, at }: AgentFact, condition: AlertCondition): AlertEvent | null {
  if (change === undefined) return null;
  const { id, name, hostId, exitCode } = agent;
  const subject = { kind: 'agent', id, name, hostId } as const;
  const common = { subject, at: Date.parse(at) };
  if (condition.when === 'state' && condition.states.includes(change.to)) {
    const details = { state: change.to, ...(exitCode === null ? {} : { exitCode }) };
    return { ...common, text: stateText(name, change.to, change.reason), details };
  }
  if (condition.when !== 'exit' || !isOwnEnd(change.reason) || exitCode === null) return null;
  if (!hasCode(condition.codes, exitCode)) return null;
  const text = exitText(name, exitCode, change.reason === 'oom');
  return { ...common, text, details: { state: change.to, exitCode } };
}
