/** Alerts on a world: their services and repositories, with names that resolve to this machine, where they may be sent to. */
import { onTestFinished } from 'vitest';
import { AlertChannelService } from '../services/alert-channels.ts';
import { AlertFiring } from '../services/alert-firing.ts';
import { AlertLog } from '../services/alert-log.ts';
import { AlertOutbox } from '../services/alert-outbox.ts';
import type { PastLines } from '../services/alert-past-lines.ts';
import { AlertPreview } from '../services/alert-preview.ts';
import { AlertRuleService } from '../services/alert-rules.ts';
import { AlertSender } from '../services/alert-sending.ts';
import { AlertTargets } from '../services/alert-targets.ts';
import { Seal } from '../services/seal.ts';
import { AlertChannelRepository } from '../storage/alert-channels.ts';
import { DeliveryRepository } from '../storage/alert-deliveries.ts';
import { AlertRuleRepository, type AlertRuleRow } from '../storage/alert-rules.ts';
import { AlertRepository } from '../storage/alerts.ts';
import { hostChangesSince } from '../storage/host-past.ts';
import { MetricRepository } from '../storage/metrics.ts';
import { makeWorld, type TestWorld, type WorldOptions } from './world.ts';

export type AlertWorld = Awaited<ReturnType<typeof makeAlertWorld>>;

/** Closed when the test ends. */
export async function makeAlertWorld(options: WorldOptions = {}, pastLines: PastLines = noLines) {
  const world = await makeWorld(options);
  onTestFinished(() => world.close());
  return { ...world, ...alertsOn(world, pastLines) };
}

type AlertGround = Pick<
  TestWorld,
  'database' | 'journal' | 'agents' | 'records' | 'fleet' | 'settings' | 'admin' | 'services'
>;

/** Also a second time on the same world: as after a restart. */
export function alertsOn(world: AlertGround, pastLines: PastLines = noLines) {
  const { db } = world.database;
  const { journal, agents, records, fleet } = world;
  const seal = new Seal(Buffer.alloc(32, 1));
  const rules = new AlertRuleRepository(db);
  const channels = new AlertChannelRepository(db);
  const alerts = new AlertRepository(db);
  const deliveries = new DeliveryRepository(db);
  const metrics = new MetricRepository(db);
  const targets = new AlertTargets(world.settings, journal);
  targets.put(world.admin, { allowed: ['127.0.0.1'] });
  const sender = new AlertSender(targets, 1_000);
  const mask = <Value>(value: Value): Value => world.services.secrets.mask(value);
  const firing = new AlertFiring({ alerts, channels, deliveries, journal, mask });
  const hostChanges = (since: number) => hostChangesSince(db, since);
  const preview = new AlertPreview({ agents, records, journal, metrics, fleet, hostChanges, pastLines });
  const alertRules = new AlertRuleService({
    ...{ rules, channels, journal, firing, preview },
    skippedLines: () => 0,
  });
  return {
    ...{ rules, channels, alerts, deliveries, metrics, targets, sender, firing, alertRules },
    alertChannels: new AlertChannelService({ channels, rules, deliveries, journal, seal, sender }),
    alertLog: new AlertLog({ alerts, deliveries, channels, agents, fleet, journal }),
    outbox: new AlertOutbox({ alerts, channels, deliveries, agents, fleet, journal, seal, sender }),
    /** The row of a new rule. */
    rule: (input: Readonly<Record<string, unknown>>): AlertRuleRow => {
      const { id } = alertRules.create(world.admin, { name: 'a rule', cooldownSeconds: 60, ...input });
      const row = rules.byId(id);
      if (row === undefined) throw new Error('the rule was not kept');
      return row;
    },
    /** What was told so far, oldest first. */
    told: (): readonly string[] =>
      alerts
        .list(100)
        .map((row) => row.text)
        .toReversed(),
  };
}

function noLines(): ReturnType<PastLines> {
  return [];
}
