/** Rules that watch: made, changed and tried on what happened in the last two hours. */
import { AppError, notFound, validationError } from '#lib/domain/errors.ts';
import { newId, type AlertRuleId } from '#lib/domain/ids.ts';
import {
  alertPreviewInput,
  alertRuleInput,
  alertRuleUpdateInput,
  type AlertRuleInput,
} from '#lib/domain/inputs/alert-rule-input.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { AlertPreviewView, AlertRuleSpec, AlertRuleView } from '#lib/protocol/alerts.ts';
import type { AlertChannelRepository } from '../storage/alert-channels.ts';
import type { AlertRuleRepository, AlertRuleRow } from '../storage/alert-rules.ts';
import type { Journal } from '../storage/journal.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { AlertFiring } from './alert-firing.ts';
import type { AlertPreview } from './alert-preview.ts';
import { patternProblems } from './re2-pattern.ts';

export interface AlertRuleParts {
  readonly rules: AlertRuleRepository;
  readonly channels: AlertChannelRepository;
  readonly journal: Journal;
  readonly firing: AlertFiring;
  readonly preview: AlertPreview;
  /** How many lines a rule could not be held against. */
  readonly skippedLines: (ruleId: AlertRuleId) => number;
}

export class AlertRuleService {
  readonly #parts: AlertRuleParts;

  constructor(parts: AlertRuleParts) {
    this.#parts = parts;
    parts.journal.onRollback(() => {
      parts.rules.reload();
    });
  }

  list(actor: Actor | null): readonly AlertRuleView[] {
    authorize(actor, 'alerts.see');
    return this.#parts.rules.list().map((row) => this.#view(row));
  }

  /** Throws NOT_FOUND. */
  get(actor: Actor | null, id: string): AlertRuleView {
    authorize(actor, 'alerts.see');
    return this.#view(this.#row(id));
  }

  /** Throws VALIDATION, or NAME_TAKEN. */
  create(actor: Actor | null, raw: unknown): AlertRuleView {
    const who = authorize(actor, 'alerts.change');
    return this.#keep(who, newId<AlertRuleId>(), parseInput(alertRuleInput, raw), 1);
  }

  /** The whole rule anew. Throws CONFLICT when it was changed since `version`, which is also read from the input. */
  update(actor: Actor | null, id: string, raw: unknown, version: number | null = null): AlertRuleView {
    const who = authorize(actor, 'alerts.change');
    const before = this.#row(id);
    const { version: given, ...input } = parseInput(alertRuleUpdateInput, raw);
    const known = version ?? given ?? null;
    if (known !== null && known !== before.version)
      throw new AppError('CONFLICT', `The rule ${before.name} was changed by somebody else meanwhile`, {
        hint: 'Read it again, then make your change once more.',
      });
    return this.#keep(who, before.id, input, before.version + 1);
  }

  /** What it told stays in the list. */
  delete(actor: Actor | null, id: string): void {
    const who = authorize(actor, 'alerts.change');
    const { rules, journal } = this.#parts;
    const row = this.#row(id);
    journal.commit((tell) => {
      rules.delete(row.id);
      tell({ kind: 'changed', what: 'alert-rules', subject: row.name, by: asReason(who) });
    });
  }

  /** On or off, and nothing else. */
  enable(actor: Actor | null, id: string, enabled: boolean): AlertRuleView {
    const who = authorize(actor, 'alerts.change');
    const { name, spec, version, id: ruleId } = this.#row(id);
    return this.#write(who, { id: ruleId, name, enabled, spec, version: version + 1 });
  }

  /** When such a rule would have fired in the last two hours. Throws VALIDATION. */
  async preview(actor: Actor | null, raw: unknown): Promise<AlertPreviewView> {
    authorize(actor, 'alerts.see');
    const wish = parseInput(alertPreviewInput, raw);
    refuseBadPattern(wish);
    return this.#parts.preview.of(wish);
  }

  #keep(who: Actor, id: AlertRuleId, input: AlertRuleInput, version: number): AlertRuleView {
    const { name, enabled, scope, condition, cooldownSeconds } = input;
    refuseBadPattern(input);
    this.#refuseTaken(name, id);
    const spec = { scope, condition, cooldownSeconds, channels: this.#channelIds(input.channels) };
    return this.#write(who, { id, name, enabled, spec, version });
  }

  #write(who: Actor, rule: Omit<AlertRuleRow, 'updatedBy' | 'updatedAt'>): AlertRuleView {
    const { rules, journal } = this.#parts;
    const row = { ...rule, updatedBy: who.name, updatedAt: Date.now() };
    journal.commit((tell) => {
      rules.put(row);
      tell({ kind: 'changed', what: 'alert-rules', subject: row.name, by: asReason(who) });
    });
    return this.#view(row);
  }

  /** People name channels, rows hold ids: a channel can be renamed. */
  #channelIds(wanted: readonly string[]): readonly string[] {
    const known = this.#parts.channels.list();
    const ids = wanted.map((each, index) => {
      const found = known.find(({ id, name }) => id === each || name === each);
      if (found !== undefined) return found.id;
      throw validationError([
        { field: `channels.${index}`, value: each, rule: 'is no channel that there is' },
      ]);
    });
    return [...new Set(ids)];
  }

  #row(id: string): AlertRuleRow {
    const row = this.#parts.rules.byId(id);
    if (row === undefined) throw notFound('rule of alerts', id);
    return row;
  }

  #refuseTaken(name: string, id: string): void {
    const other = this.#parts.rules.list().find((each) => each.name === name);
    if (other === undefined || other.id === id) return;
    throw new AppError('NAME_TAKEN', `There is a rule "${name}" already`, { hint: 'Choose another name.' });
  }

  #view(row: AlertRuleRow): AlertRuleView {
    const { id, name, enabled, spec, version, updatedBy } = row;
    const last = this.#parts.firing.lastOfRule(id);
    return {
      ...{ id, name, enabled, ...spec, version, updatedBy },
      updatedAt: new Date(row.updatedAt).toISOString(),
      lastFiredAt: last === null ? null : new Date(last).toISOString(),
      skippedLines: this.#parts.skippedLines(id),
    };
  }
}

function refuseBadPattern({ condition }: Pick<AlertRuleSpec, 'condition'>): void {
  const problems = condition.when === 'log' ? patternProblems('condition.pattern', condition.pattern) : [];
  if (problems.length > 0) throw validationError(problems);
}
