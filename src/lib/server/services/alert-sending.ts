/** Sends one alert to one channel, and says how it ended in words that hold no secret. */
import { AppError } from '#lib/domain/errors.ts';
import { retryAfterOf } from '#lib/domain/alert-retry.ts';
import { maskSecrets } from '#lib/domain/mask.ts';
import type { AlertTarget } from '#lib/domain/inputs/alert-channel-input.ts';
import { mail } from './alert-mail.ts';
import { messageFor, type HttpTarget, type ToldAlert } from './alert-messages.ts';
import { post } from './alert-post.ts';
import type { AlertTargets } from './alert-targets.ts';

export interface Outcome {
  readonly ok: boolean;
  readonly answer: string;
  /** Seconds that the other side asks to wait. */
  readonly retryAfterSeconds: number | null;
}

const TIMEOUT_MS = 10_000;
const SHOWN_CHARACTERS = 300;

export class AlertSender {
  readonly #targets: AlertTargets;
  readonly #timeoutMs: number;

  constructor(targets: AlertTargets, timeoutMs = TIMEOUT_MS) {
    this.#targets = targets;
    this.#timeoutMs = timeoutMs;
  }

  /** Throws only what is a bug. */
  async send(
    target: AlertTarget,
    alert: ToldAlert,
    deliveryId: string,
    signal: AbortSignal,
  ): Promise<Outcome> {
    try {
      const outcome =
        target.kind === 'email'
          ? await this.#mail(target, alert)
          : await this.#post(target, alert, deliveryId, signal);
      return { ...outcome, answer: shown(outcome.answer, target) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const answer = shown(`${error.message}. ${error.hint}`, target);
      return { ok: false, answer, retryAfterSeconds: null };
    }
  }

  async #mail(target: Extract<AlertTarget, { kind: 'email' }>, alert: ToldAlert): Promise<Outcome> {
    const [address] = await this.#targets.addressesOf(target.settings.host);
    return { ok: true, answer: await mail(target, alert, address, this.#timeoutMs), retryAfterSeconds: null };
  }

  async #post(
    target: HttpTarget,
    alert: ToldAlert,
    deliveryId: string,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const message = messageFor(target, alert, deliveryId);
    if (message === null) return { ok: false, answer: 'The channel has no address', retryAfterSeconds: null };
    const url = new URL(message.url);
    const addresses = await this.#targets.addressesOf(url.hostname);
    const { headers, body } = message;
    const { status, text, retryAfter } = await post({
      ...{ url, headers, body, addresses, signal },
      timeoutMs: this.#timeoutMs,
    });
    const moved = status >= 300 && status < 400 ? ' (redirects are not followed)' : '';
    return {
      ok: status >= 200 && status < 300,
      answer: `${status}${moved}${text.trim() === '' ? '' : `: ${text.trim()}`}`,
      retryAfterSeconds: retryAfterOf(retryAfter, Date.now()),
    };
  }
}

/** One line, without what only the channel may know: other sides like to repeat what they were sent. */
function shown(answer: string, target: AlertTarget): string {
  const secrets = Object.values(target.secrets).flatMap((value): readonly string[] => {
    if (typeof value === 'string') return [value, ...partsOf(value)];
    return typeof value === 'object' && value !== null ? Object.values(value) : [];
  });
  return maskSecrets(answer.replace(/\s+/g, ' ').trim(), secrets).slice(0, SHOWN_CHARACTERS);
}

/** Of an address what follows its host: that is where tokens stand. */
function partsOf(value: string): readonly string[] {
  if (!URL.canParse(value)) return [];
  const { pathname, search } = new URL(value);
  return [`${pathname}${search}`, search].filter((each) => each.length > 1);
}
