/** Rules that watch, and channels that tell. */
import type { LogStore } from '../archive/log-store.ts';
import { AlertChanges } from '../loops/alert-changes.ts';
import { AlertDeliveries } from '../loops/alert-deliveries.ts';
import { AlertFigures } from '../loops/alert-figures.ts';
import { AlertLines } from '../loops/alert-lines.ts';
import { AlertChannelService } from '../services/alert-channels.ts';
import { AlertFiring } from '../services/alert-firing.ts';
import { AlertLog } from '../services/alert-log.ts';
import { AlertOutbox } from '../services/alert-outbox.ts';
import type { PastLines } from '../services/alert-past-lines.ts';
import { AlertPreview } from '../services/alert-preview.ts';
import { AlertRuleService } from '../services/alert-rules.ts';
import { AlertSender } from '../services/alert-sending.ts';
import { AlertTargets } from '../services/alert-targets.ts';
import { AlertChannelRepository } from '../storage/alert-channels.ts';
import { DeliveryRepository } from '../storage/alert-deliveries.ts';
import { AlertRuleRepository } from '../storage/alert-rules.ts';
import { AlertRepository } from '../storage/alerts.ts';
import { hostChangesSince } from '../storage/host-past.ts';
import type { Area, AreaParts } from './area.ts';

const KEPT_MS = 90 * 24 * 3_600_000;
const PRUNE_EVERY_MS = 3_600_000;
/** An older reading of a disk says nothing about now. */
const FRESH_MS = 300_000;

export interface AlertServices {
  readonly alerts: AlertLog;
  readonly alertRules: AlertRuleService;
  readonly alertChannels: AlertChannelService;
  readonly alertTargets: AlertTargets;
}

export function composeAlerts(parts: AreaParts): Area<AlertServices> {
  const { db, journal, seal, agents, records, fleet, settings, bus, log, tails, pulses } = parts;
  const rules = new AlertRuleRepository(db);
  const channels = new AlertChannelRepository(db);
  const alerts = new AlertRepository(db);
  const deliveries = new DeliveryRepository(db);
  const targets = new AlertTargets(settings, journal);
  const sender = new AlertSender(targets);
  const mask = <Value>(value: Value): Value => parts.services.secrets.mask(value);
  const firing = new AlertFiring({ alerts, channels, deliveries, journal, mask });
  const outbox = new AlertOutbox({ alerts, channels, deliveries, agents, fleet, journal, seal, sender });
  const preview = new AlertPreview({
    ...{ agents, records, journal, fleet },
    metrics: parts.metrics,
    hostChanges: (since) => hostChangesSince(db, since),
    pastLines: archivedLines(parts.logStore),
  });
  const changes = new AlertChanges({ rules, firing, bus });
  const lines = new AlertLines({ rules, firing, agents, records, tails, bus });
  const figures = new AlertFigures({
    ...{ rules, firing, agents, records, fleet, pulses },
    diskPercent: (hostId) => {
      const known = parts.hostFigures.get(hostId);
      if (known === null || Date.now() - Date.parse(known.at) > FRESH_MS) return null;
      const { disk, diskTotal } = known;
      return disk === null || diskTotal === null || diskTotal === 0 ? null : (disk / diskTotal) * 100;
    },
    archivePaused: () => parts.logStore.health.paused !== null,
  });
  const sending = new AlertDeliveries({ outbox, bus, log });
  const skippedLines = (ruleId: string) => lines.skipped(ruleId);
  let pruning: NodeJS.Timeout | null = null;
  const prune = () => {
    alerts.prune(Date.now() - KEPT_MS);
  };
  return {
    services: {
      alerts: new AlertLog({ alerts, deliveries, channels, agents, fleet, journal }),
      alertRules: new AlertRuleService({ rules, channels, journal, firing, preview, skippedLines }),
      alertChannels: new AlertChannelService({ channels, rules, deliveries, journal, seal, sender }),
      alertTargets: targets,
    },
    start: () => {
      prune();
      pruning = setInterval(prune, PRUNE_EVERY_MS);
      lines.start();
      figures.start();
      sending.start();
    },
    close: async () => {
      if (pruning !== null) clearInterval(pruning);
      changes.close();
      lines.close();
      figures.close();
      await sending.close();
    },
  };
}

/** What the archive has of an agent; its numbers of lines are microseconds. */
function archivedLines({ archive, reader }: LogStore): PastLines {
  return async function* (agent, { from }) {
    await archive.flushed(agent.id);
    yield* reader.forward(agent.id, from * 1000, { filter: () => true });
  };
}
