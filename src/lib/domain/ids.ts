declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type AgentId = Branded<'agent'>;
export type LifeId = Branded<'life'>;
export type CrashId = Branded<'crash'>;
export type OperationId = Branded<'operation'>;
export type SnapshotId = Branded<'snapshot'>;
export type HostId = Branded<'host'>;
export type UserId = Branded<'user'>;
export type TokenId = Branded<'token'>;
export type BuildId = Branded<'build'>;
export type SegmentId = Branded<'segment'>;
export type TerminalId = Branded<'terminal'>;
export type SshKeyId = Branded<'ssh-key'>;
export type AlertRuleId = Branded<'alert-rule'>;
export type AlertChannelId = Branded<'alert-channel'>;
export type AlertId = Branded<'alert'>;
export type DeliveryId = Branded<'delivery'>;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new id: 10 characters of time (sortable, milliseconds) and 10 random ones, in Crockford's base 32, lower case.
 * `Id` is the branded type that the caller wants.
 */
export function newId<Id extends string>(now: number = Date.now()): Id {
  let time = '';
  for (let rest = now, place = 0; place < 10; place += 1, rest = Math.floor(rest / 32)) {
    time = (ALPHABET[rest % 32] ?? '0') + time;
  }
  let random = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(10))) random += ALPHABET[byte % 32] ?? '0';
  return (time + random) as Id;
}
