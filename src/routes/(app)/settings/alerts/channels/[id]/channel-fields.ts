/** A channel as the texts of its form, and the form as the API's input. What is secret is never in a text that is shown. Pure. */
import { ALERT_CHANNEL_KINDS } from '#lib/domain/alert-rule.ts';
import type { AlertChannelKind, AlertChannelView } from '#lib/protocol/alerts.ts';
import { listIn, numberIn, tickedIn, type FormTexts } from '../../form-text.ts';

/** Secrets by their field; forms that are refused do not give them back. */
export const SECRET_FIELDS = {
  url: 'secretUrl',
  headers: 'secretHeaders',
  signingKey: 'secretSigningKey',
  token: 'secretToken',
  password: 'secretPassword',
} as const;

export const CHANNEL_PLACES: Readonly<Record<string, string>> = {
  'secrets.url': 'secretUrl',
  'secrets.headers': 'secretHeaders',
  'secrets.signingKey': 'secretSigningKey',
  'secrets.token': 'secretToken',
  'secrets.password': 'secretPassword',
  'settings.template': 'template',
  'settings.server': 'server',
  'settings.topic': 'topic',
  'settings.priority': 'priority',
  'settings.tags': 'tags',
  'settings.host': 'host',
  'settings.port': 'port',
  'settings.tls': 'tls',
  'settings.from': 'from',
  'settings.to': 'to',
  'settings.username': 'username',
};

export function kindIn(text: string | null): AlertChannelKind {
  return ALERT_CHANNEL_KINDS.find((kind) => kind === text) ?? 'webhook';
}

export function emptyChannel(): FormTexts {
  return {
    ...{ name: '', template: '', server: 'https://ntfy.sh', topic: '', priority: '4', tags: '' },
    ...{ host: '', port: '587', tls: 'starttls', from: '', to: '', username: '' },
  };
}

export function fieldsOf({ name, settings }: AlertChannelView): FormTexts {
  const shown = Object.entries(settings).map(([key, value]) => [key, shownText(value)] as const);
  return { ...emptyChannel(), ...Object.fromEntries(shown), name };
}

function shownText(value: unknown): string {
  if (Array.isArray(value)) return value.map(shownText).join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function channelInput(kind: AlertChannelKind, texts: FormTexts): Readonly<Record<string, unknown>> {
  return {
    kind,
    name: (texts['name'] ?? '').trim(),
    settings: settingsIn(kind, texts),
    secrets: secretsIn(kind, texts),
  };
}

function settingsIn(kind: AlertChannelKind, texts: FormTexts): Readonly<Record<string, unknown>> {
  const text = (name: string) => (texts[name] ?? '').trim();
  switch (kind) {
    case 'webhook':
      return { template: texts['template'] ?? '' };
    case 'slack':
    case 'discord':
      return {};
    case 'ntfy':
      return {
        server: text('server'),
        topic: text('topic'),
        priority: numberIn(text('priority')),
        tags: listIn(text('tags')),
      };
    case 'email':
      return {
        host: text('host'),
        port: numberIn(text('port')),
        tls: text('tls'),
        from: text('from'),
        to: listIn(text('to')),
        username: text('username'),
      };
  }
}

const SECRETS_OF = {
  webhook: ['url', 'headers', 'signingKey'],
  slack: ['url'],
  discord: ['url'],
  ntfy: ['token'],
  email: ['password'],
} as const satisfies Record<AlertChannelKind, readonly (keyof typeof SECRET_FIELDS)[]>;

/** Empty keeps what is set; a ticked `forget` takes it away. */
function secretsIn(kind: AlertChannelKind, texts: FormTexts): Readonly<Record<string, unknown>> {
  const forgotten = tickedIn(texts, 'forget');
  return Object.fromEntries(
    SECRETS_OF[kind].flatMap((name): (readonly [string, unknown])[] => {
      const text = texts[SECRET_FIELDS[name]] ?? '';
      if (text.trim() !== '') return [[name, name === 'headers' ? headersIn(text) : text.trim()]];
      return forgotten.includes(name) ? [[name, null]] : [];
    }),
  );
}

/** `Name: value` on each line. */
function headersIn(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return colon === -1 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}
