/** Rules that watch, channels that tell, and what was told. */
import type { AlertChannelKind, AlertRuleSpec } from '../domain/alert-rule.ts';

export type { AlertChannelKind, AlertCondition, AlertRuleSpec } from '../domain/alert-rule.ts';

export interface AlertRuleView extends AlertRuleSpec {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly version: number;
  readonly updatedBy: string;
  readonly updatedAt: string;
  readonly lastFiredAt: string | null;
  /** Lines since the start of Slipway that came too fast to be held against its pattern. */
  readonly skippedLines: number;
}

export interface AlertChannelView {
  readonly id: string;
  readonly name: string;
  readonly kind: AlertChannelKind;
  /** What can be shown; what is secret is left out. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Which secrets are set: `url`, `headers`, `signingKey`, `token`, `password`. */
  readonly secrets: readonly string[];
  readonly version: number;
  readonly updatedBy: string;
  readonly updatedAt: string;
  /** Names of the rules that use it. */
  readonly rules: readonly string[];
}

export interface DeliveryView {
  readonly id: string;
  readonly channelId: string;
  /** null: the channel was deleted. */
  readonly channel: string | null;
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly tries: number;
  readonly nextTryAt: string | null;
  /** How the last try ended, without secrets. */
  readonly answer: string | null;
}

/** One time that a rule fired. */
export interface AlertView {
  readonly id: string;
  readonly ruleId: string;
  readonly rule: string;
  readonly agent: { readonly id: string; readonly name: string } | null;
  readonly host: { readonly id: string; readonly name: string } | null;
  readonly text: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly at: string;
  readonly seenAt: string | null;
  readonly deliveries: readonly DeliveryView[];
}

/** What a rule would have said in the last two hours. */
export interface AlertPreviewView {
  readonly count: number;
  /** Newest first, at most a hundred. */
  readonly times: readonly { readonly at: string; readonly text: string }[];
  readonly from: string;
  readonly to: string;
  /** What could not be looked at, in words. */
  readonly notes: readonly string[];
}

/** What the other side said to a test. */
export interface ChannelTestView {
  readonly ok: boolean;
  readonly answer: string;
  readonly tookMs: number;
}
