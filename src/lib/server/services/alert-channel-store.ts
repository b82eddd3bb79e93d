/** Channels as they are kept: what can be shown beside what is sealed. */
import {
  alertTarget,
  type AlertChannelInput,
  type AlertTarget,
} from '#lib/domain/inputs/alert-channel-input.ts';
import { validationError } from '#lib/domain/errors.ts';
import type { AlertChannelRow } from '../storage/alert-channels.ts';
import type { Seal } from './seal.ts';

type Secrets = Readonly<Record<string, unknown>>;

/** Throws CONFLICT when it was sealed with another key. */
export function openChannel(row: AlertChannelRow, seal: Seal): AlertTarget {
  const { origin: _, ...settings } = row.settings;
  return alertTarget.parse({ kind: row.kind, settings, secrets: secretsIn(row, seal) });
}

export function secretsIn(row: AlertChannelRow, seal: Seal): Secrets {
  if (row.sealed === null) return {};
  const value: unknown = JSON.parse(seal.open(row.sealed, purpose(row.id)));
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export function sealSecrets(id: string, secrets: Secrets, seal: Seal): string | null {
  return Object.keys(secrets).length === 0 ? null : seal.close(JSON.stringify(secrets), purpose(id));
}

/** What is given over what was there; null takes away. */
export function mergedSecrets(before: Secrets, given: Secrets): Secrets {
  const all = Object.entries({ ...before, ...given });
  return Object.fromEntries(all.filter(([, value]) => value !== null && value !== undefined));
}

/**
 * Where messages go, without what is secret of it: `https://hooks.example.com`, `smtp.example.com`. Throws VALIDATION when there is no address.
 */
export function originOf(input: Pick<AlertChannelInput, 'kind' | 'settings'>, secrets: Secrets): string {
  const { settings } = input;
  if ('host' in settings) return settings.host;
  if ('server' in settings) return new URL(settings.server).origin;
  const { url } = secrets;
  if (typeof url === 'string') return new URL(url).origin;
  throw validationError([{ field: 'secrets.url', value: null, rule: 'is required' }]);
}

/** What is kept may go where it was meant for and nowhere else. Throws VALIDATION that names what has to be entered again. */
export function refuseCarriedSecrets(
  moved: { readonly from: string; readonly to: string },
  before: Secrets,
  given: Secrets,
): void {
  if (moved.from === moved.to) return;
  const carried = Object.keys(before).filter((name) => name !== 'url' && given[name] === undefined);
  if (carried.length === 0) return;
  throw validationError(
    carried.map((name) => ({
      field: `secrets.${name}`,
      value: null,
      rule: `has to be entered again, or taken away: it was for ${moved.from}`,
    })),
  );
}

function purpose(id: string): string {
  return `alert-channel:${id}`;
}
