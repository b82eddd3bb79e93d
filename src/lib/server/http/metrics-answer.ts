import type { App } from '../app.ts';
import type { Actor } from '../services/access.ts';

/** CPU in percent of a core, memory in bytes without page cache, uptime in ms; null where nothing is known. */
export function metricsAnswer(app: App, actor: Actor | null, id: string) {
  const { agents } = app.services;
  const agent = agents.get(actor, id);
  const last = agents.pulse(actor, id);
  const sample = agents.samples(actor, id).at(-1);
  const runs = agent.startedAt !== null && agent.endedAt === null;
  return {
    cpu: last?.cpu ?? null,
    memory: last?.memory ?? null,
    memoryLimit: last?.memoryLimit ?? null,
    networkReceived: runs ? (sample?.netRx ?? null) : null,
    networkSent: runs ? (sample?.netTx ?? null) : null,
    pids: runs ? (sample?.pids ?? null) : null,
    uptime: runs ? Date.now() - Date.parse(agent.startedAt) : null,
    // messages to an agent's standard input are not there yet: none can have been sent
    messageCount: 0,
    measuredAt: runs && sample !== undefined ? new Date(sample.at).toISOString() : null,
  };
}
