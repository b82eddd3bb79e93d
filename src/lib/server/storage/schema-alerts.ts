import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { AlertChannelId, AlertId, AlertRuleId, DeliveryId } from '#lib/domain/ids.ts';
import type { AlertChannelKind, AlertRuleSpec } from '#lib/protocol/alerts.ts';

export const alertRules = sqliteTable('alert_rules', {
  id: text().$type<AlertRuleId>().primaryKey(),
  name: text().notNull().unique(),
  enabled: integer({ mode: 'boolean' }).notNull(),
  spec: text({ mode: 'json' }).$type<AlertRuleSpec>().notNull(),
  version: integer().notNull(),
  updatedBy: text().notNull(),
  updatedAt: integer().notNull(),
});

/** Where alerts go. `sealed` holds what is secret of it (addresses with tokens, keys, passwords), encrypted. */
export const alertChannels = sqliteTable('alert_channels', {
  id: text().$type<AlertChannelId>().primaryKey(),
  name: text().notNull().unique(),
  kind: text().$type<AlertChannelKind>().notNull(),
  /** What can be shown. */
  settings: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
  sealed: text(),
  version: integer().notNull(),
  updatedBy: text().notNull(),
  updatedAt: integer().notNull(),
});

/** Each time that a rule fired. */
export const alerts = sqliteTable(
  'alerts',
  {
    id: text().$type<AlertId>().primaryKey(),
    ruleId: text().$type<AlertRuleId>().notNull(),
    ruleName: text().notNull(),
    /** What it is about: an agent, a host. */
    agentId: text(),
    hostId: text(),
    text: text().notNull(),
    details: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
    at: integer().notNull(),
    seenAt: integer(),
  },
  (table) => [index('alerts_at').on(table.at), index('alerts_rule').on(table.ruleId, table.at)],
);

/** One alert to one channel, tried until it arrived or was given up. */
export const alertDeliveries = sqliteTable(
  'alert_deliveries',
  {
    id: text().$type<DeliveryId>().primaryKey(),
    alertId: text().$type<AlertId>().notNull(),
    channelId: text().$type<AlertChannelId>().notNull(),
    state: text().$type<'waiting' | 'sent' | 'failed'>().notNull(),
    tries: integer().notNull(),
    nextTryAt: integer(),
    /** What the last try ended with, without secrets. */
    answer: text(),
    at: integer().notNull(),
  },
  (table) => [
    index('alert_deliveries_due').on(table.state, table.nextTryAt),
    index('alert_deliveries_alert').on(table.alertId),
  ],
);
