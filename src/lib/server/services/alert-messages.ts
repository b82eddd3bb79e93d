/** What is sent to each kind of channel: where, with which headers, and the body. Pure but for the clock of a signature. */
import { createHmac } from 'node:crypto';
import type { AlertTarget } from '#lib/domain/inputs/alert-channel-input.ts';
import { fillTemplate, type TemplateName } from '#lib/domain/alert-template.ts';

/** An alert as channels tell it. */
export interface ToldAlert {
  readonly id: string;
  readonly rule: { readonly id: string; readonly name: string };
  readonly text: string;
  /** ISO 8601. */
  readonly at: string;
  readonly when: string;
  readonly agent: {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly tags: Readonly<Record<string, string>>;
  } | null;
  readonly host: { readonly id: string; readonly name: string } | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** It was asked for with the test button. */
  readonly test: boolean;
}

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type HttpTarget = Exclude<AlertTarget, { readonly kind: 'email' }>;

const SLACK_CHARACTERS = 3_000;
const DISCORD_CHARACTERS = 1_900;

/** `deliveryId` stays the same over all tries, so that a receiver can tell a repeated one. null: the channel has no address. */
export function messageFor(target: HttpTarget, alert: ToldAlert, deliveryId: string): Message | null {
  const common = {
    'content-type': 'application/json',
    'user-agent': 'Slipway',
    'x-slipway-delivery': deliveryId,
  };
  if (target.kind === 'ntfy') {
    const { server, topic, priority, tags } = target.settings;
    const { token } = target.secrets;
    const body = JSON.stringify({ topic, title: titleOf(alert), message: alert.text, priority, tags });
    const login = typeof token === 'string' ? { authorization: `Bearer ${token}` } : {};
    return { url: server, headers: { ...common, ...login }, body };
  }
  const { url } = target.secrets;
  if (url === undefined) return null;
  if (target.kind === 'slack') return { url, headers: common, body: slackBody(alert) };
  if (target.kind === 'discord') return { url, headers: common, body: discordBody(alert) };
  const { template } = target.settings;
  const body = template === null ? JSON.stringify(alert) : fillTemplate(template, valuesOf(alert));
  const { headers, signingKey } = target.secrets;
  const signed = typeof signingKey === 'string' ? signatures(signingKey, body, Date.now()) : {};
  return { url, headers: { ...common, ...(headers ?? {}), ...signed }, body };
}

/**
 * `X-Slipway-Signature` is over the body alone, as most receivers check it; `X-Slipway-Timestamped-Signature` is over `<timestamp>.<body>`,
 * so that a receiver that checks it can refuse what is old.
 */
export function signatures(key: string, body: string, nowMs: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const sign = (text: string) => `sha256=${createHmac('sha256', key).update(text).digest('hex')}`;
  return {
    'x-slipway-signature': sign(body),
    'x-slipway-timestamp': timestamp,
    'x-slipway-timestamped-signature': sign(`${timestamp}.${body}`),
  };
}

export function titleOf({ rule, test }: ToldAlert): string {
  return `${test ? 'Test: ' : ''}${rule.name}`;
}

/** `<!channel>` in a line of a log would wake everybody. */
function slackBody(alert: ToldAlert): string {
  const plain = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return JSON.stringify({
    text: `*${plain(titleOf(alert))}*\n${plain(alert.text).slice(0, SLACK_CHARACTERS)}`,
  });
}

function discordBody(alert: ToldAlert): string {
  const content = `**${titleOf(alert)}**\n${alert.text}`.slice(0, DISCORD_CHARACTERS);
  return JSON.stringify({ content, allowed_mentions: { parse: [] } });
}

function valuesOf(alert: ToldAlert): Readonly<Partial<Record<TemplateName, string>>> {
  const detail = (name: string) => {
    const value = alert.details[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return {
    id: alert.id,
    rule: alert.rule.name,
    text: alert.text,
    at: alert.at,
    when: alert.when,
    agent: alert.agent?.name ?? '',
    agentId: alert.agent?.id ?? '',
    type: alert.agent?.type ?? '',
    host: alert.host?.name ?? '',
    state: detail('state'),
    exitCode: detail('exitCode'),
    line: detail('line'),
    value: detail('value'),
  };
}
