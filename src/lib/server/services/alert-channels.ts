/** Where alerts go: webhooks, chats, ntfy, e-mail. What is secret of a channel is sealed and never shown again. */
import { AppError, notFound } from '#lib/domain/errors.ts';
import { newId, type AlertChannelId, type AlertId } from '#lib/domain/ids.ts';
import { alertChannelInput, type AlertChannelInput } from '#lib/domain/inputs/alert-channel-input.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { AlertChannelView, ChannelTestView } from '#lib/protocol/alerts.ts';
import type { AlertChannelRepository, AlertChannelRow } from '../storage/alert-channels.ts';
import type { DeliveryRepository } from '../storage/alert-deliveries.ts';
import type { AlertRuleRepository } from '../storage/alert-rules.ts';
import type { Journal } from '../storage/journal.ts';
import { asReason, authorize, type Actor } from './access.ts';
import {
  mergedSecrets,
  openChannel,
  originOf,
  refuseCarriedSecrets,
  sealSecrets,
  secretsIn,
} from './alert-channel-store.ts';
import type { AlertSender } from './alert-sending.ts';
import type { Seal } from './seal.ts';

export interface AlertChannelParts {
  readonly channels: AlertChannelRepository;
  readonly rules: AlertRuleRepository;
  readonly deliveries: DeliveryRepository;
  readonly journal: Journal;
  readonly seal: Seal;
  readonly sender: AlertSender;
}

export class AlertChannelService {
  readonly #parts: AlertChannelParts;

  constructor(parts: AlertChannelParts) {
    this.#parts = parts;
  }

  list(actor: Actor | null): readonly AlertChannelView[] {
    authorize(actor, 'alerts.see');
    return this.#parts.channels.list().map((row) => this.#view(row));
  }

  /** Throws NOT_FOUND. */
  get(actor: Actor | null, id: string): AlertChannelView {
    authorize(actor, 'alerts.see');
    return this.#view(this.#row(id));
  }

  /** Throws VALIDATION, or NAME_TAKEN. */
  create(actor: Actor | null, raw: unknown): AlertChannelView {
    const who = authorize(actor, 'alerts.change');
    const input = parseInput(alertChannelInput, raw);
    const id = newId<AlertChannelId>();
    return this.#keep(who, id, input, mergedSecrets({}, input.secrets));
  }

  /**
   * The whole channel anew, but for secrets that are left out. Throws CONFLICT when it was changed since `version`, VALIDATION when it goes to
   * another server and its secrets were not entered again.
   */
  update(actor: Actor | null, id: string, raw: unknown, version: number | null = null): AlertChannelView {
    const who = authorize(actor, 'alerts.change');
    const before = this.#row(id);
    const input = parseInput(alertChannelInput, raw);
    if (input.kind !== before.kind)
      throw new AppError('CONFLICT', `The channel ${before.name} is of the kind ${before.kind}`, {
        hint: 'Make a new channel of the other kind.',
      });
    const known = version ?? input.version ?? null;
    if (known !== null && known !== before.version)
      throw new AppError('CONFLICT', `The channel ${before.name} was changed by somebody else meanwhile`, {
        hint: 'Read it again, then make your change once more.',
      });
    const kept = secretsIn(before, this.#parts.seal);
    const secrets = mergedSecrets(kept, input.secrets);
    const moved = { from: String(before.settings['origin']), to: originOf(input, secrets) };
    refuseCarriedSecrets(moved, kept, { ...input.secrets });
    return this.#keep(who, before.id, input, secrets);
  }

  /** Rules go on without it; what waited for it is given up. */
  delete(actor: Actor | null, id: string): void {
    const who = authorize(actor, 'alerts.change');
    const { channels, rules, deliveries, journal } = this.#parts;
    const row = this.#row(id);
    journal.commit((tell) => {
      for (const rule of rules.list())
        if (rule.spec.channels.includes(row.id)) {
          const rest = rule.spec.channels.filter((each) => each !== row.id);
          rules.put({ ...rule, spec: { ...rule.spec, channels: rest }, version: rule.version + 1 });
          tell({ kind: 'changed', what: 'alert-rules', subject: rule.name, by: asReason(who) });
        }
      deliveries.dropWaiting(row.id, 'The channel was deleted');
      channels.delete(row.id);
      tell({ kind: 'changed', what: 'alert-channels', subject: row.name, by: asReason(who) });
    });
  }

  /** Sends a test at once, beside the queue, and gives what the other side said. */
  async test(actor: Actor | null, id: string): Promise<ChannelTestView> {
    const who = authorize(actor, 'alerts.change');
    const row = this.#row(id);
    const started = Date.now();
    const alert = {
      id: newId<AlertId>(),
      rule: { id: '', name: row.name },
      text: `This is a test of the channel ${row.name}, sent by ${who.name}`,
      at: new Date(started).toISOString(),
      when: 'test',
      ...{ agent: null, host: null, details: {}, test: true },
    };
    const target = openChannel(row, this.#parts.seal);
    const { ok, answer } = await this.#parts.sender.send(
      target,
      alert,
      alert.id,
      new AbortController().signal,
    );
    return { ok, answer, tookMs: Date.now() - started };
  }

  #keep(
    who: Actor,
    id: AlertChannelId,
    input: AlertChannelInput,
    secrets: Readonly<Record<string, unknown>>,
  ): AlertChannelView {
    const { channels, journal, seal } = this.#parts;
    this.#refuseTaken(input.name, id);
    const row: AlertChannelRow = {
      id,
      name: input.name,
      kind: input.kind,
      settings: { ...input.settings, origin: originOf(input, secrets) },
      sealed: sealSecrets(id, secrets, seal),
      version: (channels.byId(id)?.version ?? 0) + 1,
      updatedBy: who.name,
      updatedAt: Date.now(),
    };
    journal.commit((tell) => {
      channels.put(row);
      tell({ kind: 'changed', what: 'alert-channels', subject: row.name, by: asReason(who) });
    });
    return this.#view(row);
  }

  #row(id: string): AlertChannelRow {
    const row = this.#parts.channels.byId(id);
    if (row === undefined) throw notFound('channel of alerts', id);
    return row;
  }

  #refuseTaken(name: string, id: string): void {
    const other = this.#parts.channels.list().find((each) => each.name === name);
    if (other === undefined || other.id === id) return;
    throw new AppError('NAME_TAKEN', `There is a channel "${name}" already`, {
      hint: 'Choose another name.',
    });
  }

  #view(row: AlertChannelRow): AlertChannelView {
    const { id, name, kind, settings, version, updatedBy } = row;
    const users = this.#parts.rules.list().filter((rule) => rule.spec.channels.includes(id));
    return {
      ...{ id, name, kind, settings, version, updatedBy },
      secrets: this.#secretNames(row),
      updatedAt: new Date(row.updatedAt).toISOString(),
      rules: users.map((rule) => rule.name),
    };
  }

  /** None when they cannot be opened: then they have to be entered again, which the form says. */
  #secretNames(row: AlertChannelRow): readonly string[] {
    try {
      return Object.keys(secretsIn(row, this.#parts.seal));
    } catch (error) {
      if (error instanceof AppError) return [];
      throw error;
    }
  }
}
