/**
 * A channel of alerts. `settings` can be shown again, `secrets` never are: one that is left out stays as it is, null takes it away.
 */
import { z } from 'zod';
import { ALERT_CHANNEL_KINDS } from '../alert-rule.ts';
import { templateProblem } from '../alert-template.ts';
import { line, mapOf, text } from './primitives.ts';

const HEADER_RULE = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/** Ours, and those that say how a message is framed. */
const TAKEN_HEADER =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|x-slipway-.*)$/i;
const MOST_HEADERS = 20;

export const webAddress = line(2048).superRefine((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    context.addIssue({ code: 'custom', message: 'must be an address that begins with https:// or http://' });
  else if (url.username !== '' || url.password !== '')
    context.addIssue({ code: 'custom', message: 'must not hold a user name: use a header' });
});

const headers = mapOf(line(4096)).superRefine((map, context) => {
  const keys = Object.keys(map);
  if (keys.length > MOST_HEADERS)
    context.addIssue({ code: 'custom', message: `must have at most ${MOST_HEADERS} entries` });
  for (const key of keys)
    if (!HEADER_RULE.test(key) || TAKEN_HEADER.test(key))
      context.addIssue({ code: 'custom', message: `"${key.slice(0, 64)}" cannot be the name of a header` });
});

const template = text(20_000)
  .nullable()
  .default(null)
  .transform((value) => (value?.trim() === '' ? null : value))
  .superRefine((value, context) => {
    const problem = value === null ? null : templateProblem(value);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

const MAIL_RULE = /^[^\s<>@,;:"\\]+@[^\s<>@,;:"\\]+$/;
const mailAddress = line(254).regex(MAIL_RULE, 'must be an e-mail address');
const hostName = line(253).regex(/^[A-Za-z0-9._:[\]-]+$/, 'must be the name or address of a server');

const given = (schema: z.ZodType<string, string>) => schema.nullable().optional();
const key = given(line(4096).min(1, 'must not be empty'));
const hook = z.strictObject({ url: webAddress.optional() }).default({});

const kinds = [
  z.strictObject({
    kind: z.literal('webhook'),
    settings: z.strictObject({ template }).default({ template: null }),
    secrets: z
      .strictObject({ url: webAddress.optional(), headers: headers.nullable().optional(), signingKey: key })
      .default({}),
  }),
  z.strictObject({ kind: z.literal('slack'), settings: z.strictObject({}).default({}), secrets: hook }),
  z.strictObject({ kind: z.literal('discord'), settings: z.strictObject({}).default({}), secrets: hook }),
  z.strictObject({
    kind: z.literal('ntfy'),
    settings: z.strictObject({
      server: webAddress.default('https://ntfy.sh'),
      topic: line(64).regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, "_" and "-", at most 64'),
      /** 1 is lowest, 5 is highest. */
      priority: z.number().int().min(1).max(5).default(4),
      /** Words, or names of emoji that ntfy shows. */
      tags: z.array(line(64).min(1, 'must not be empty')).max(10).default([]),
    }),
    secrets: z.strictObject({ token: key }).default({}),
  }),
  z.strictObject({
    kind: z.literal('email'),
    settings: z.strictObject({
      host: hostName.min(1, 'must not be empty'),
      port: z.number().int().min(1).max(65_535).default(587),
      /** `starttls` begins plain and refuses to go on plain, `tls` begins encrypted, `none` is plain. */
      tls: z.enum(['starttls', 'tls', 'none']).default('starttls'),
      from: mailAddress,
      to: z.array(mailAddress).min(1).max(20),
      username: line(254).default(''),
    }),
    secrets: z.strictObject({ password: key }).default({}),
  }),
] as const;

const about = {
  name: line(100).min(1, 'must not be empty'),
  version: z.number().int().optional(),
};

const KIND_RULE = `must be ${ALERT_CHANNEL_KINDS.join(', ')}`;

/** What a channel is without its name: also how one is read back from where it is kept. */
export const alertTarget = z.discriminatedUnion('kind', kinds, KIND_RULE);
export type AlertTarget = z.output<typeof alertTarget>;

/** `version`: of what was read; another one by now is a conflict. */
export const alertChannelInput = z.discriminatedUnion(
  'kind',
  [
    kinds[0].extend(about),
    kinds[1].extend(about),
    kinds[2].extend(about),
    kinds[3].extend(about),
    kinds[4].extend(about),
  ],
  KIND_RULE,
);
export type AlertChannelInput = z.output<typeof alertChannelInput>;

const ALLOWED_RULE = /^[A-Za-z0-9.:_/-]{1,253}$/;

/** Networks (`10.0.0.0/8`), addresses and names of hosts that alerts may be sent to although they are private. */
export const privateTargetsInput = z.strictObject({
  allowed: z.array(line(253).regex(ALLOWED_RULE, 'must be a network, an address or a name')).max(100),
});
