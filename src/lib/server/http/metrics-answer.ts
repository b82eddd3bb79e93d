import type { App } from '../app.ts';
import type { Actor } from '../services/access.ts';

/** What an agent uses now: percent of a core, bytes without page cache, ms of uptime; null where nothing is known. */
export function metricsAnswer(app: App, actor: Actor | null, id: string) {
  const { agents, metrics } = app.services;
  const agent = agents.get(actor, id);
  const sample = app.pulses.now(agent.id);
  const runs = agent.startedAt !== null && agent.endedAt === null;
  const now = runs ? sample : null;
  const { cpu: cores, memory: memoryLimit } = agent.limits;
  return {
    cpu: now?.cpu ?? null,
    cpuOfLimit: now === null ? null : share(now.cpu, cores === null ? null : cores * 100),
    memory: now?.memory ?? null,
    memoryLimit: now?.memoryLimit ?? null,
    memoryOfLimit: now === null ? null : share(now.memory, memoryLimit),
    networkReceived: now?.netRx ?? null,
    networkSent: now?.netTx ?? null,
    blockRead: now?.blockRead ?? null,
    blockWritten: now?.blockWrite ?? null,
    pids: now?.pids ?? null,
    throttled: now?.throttled ?? null,
    ...metrics.ends(actor, agent.id),
    uptime: runs ? Date.now() - Date.parse(agent.startedAt) : null,
    messageCount: app.services.messages.count(agent.id),
    measuredAt: now === null ? null : new Date(now.at).toISOString(),
  };
}

/** Percent of a limit, with one digit. */
function share(value: number | null, limit: number | null): number | null {
  return value === null || limit === null || limit <= 0 ? null : Math.round((value / limit) * 1000) / 10;
}
