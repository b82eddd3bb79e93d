/** An agent for tests: ready and quiet, but for what the test says. */
import { allowed } from '#lib/domain/agent-state.ts';
import type { AgentView, Pulse } from '#lib/protocol/views.ts';

export const NOW = Date.parse('2026-11-21T09:42:07Z');

export function anAgent(but: Partial<AgentView> = {}): AgentView {
  const state = but.state ?? 'ready';
  return {
    id: but.name ?? 'a1',
    name: 'ember-fox',
    type: 'claude',
    status: state,
    state,
    wanted: 'running',
    reason: null,
    since: '2026-11-21T09:00:00Z',
    host: 'atlas',
    hostId: 'h1',
    containerId: null,
    image: 'slipway/claude:latest',
    imageId: null,
    role: null,
    capabilities: [],
    tags: {},
    limits: { memory: 512 * 1024 ** 2, cpu: 0.5 },
    createdAt: '2026-11-21T08:00:00Z',
    createdBy: 'admin',
    startedAt: '2026-11-21T09:00:00Z',
    endedAt: null,
    exitCode: null,
    error: null,
    attention: null,
    login: null,
    stopDeadline: null,
    notes: '',
    color: null,
    adopted: false,
    snapshotId: null,
    can: allowed[state],
    ...but,
  };
}

export function aPulse(but: Partial<Pulse> = {}): Pulse {
  return {
    cpu: 0,
    memory: null,
    memoryLimit: null,
    spark: [],
    lastOutput: null,
    lastActivityAt: null,
    idle: null,
    ...but,
  };
}
